"""Small numbers that a book must not print: which they are, and which others would reveal them."""
