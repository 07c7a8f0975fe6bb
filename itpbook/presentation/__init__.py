"""How results look: tables, figures, their colours, the reporting checklist."""
