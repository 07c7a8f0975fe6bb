"""What a centre brings and gets: records imported, empty tables to fill, what is refused, its own edition."""
