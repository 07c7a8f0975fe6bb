"""What of an earlier build can be used again: keys of what is made, inputs observed, and what was stored."""
