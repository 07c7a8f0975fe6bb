"""What a centre begins with: empty tables as CSV and as a workbook, a guide, and a REDCap data dictionary."""
