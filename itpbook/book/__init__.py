"""Execute the chapters and compile the book."""
