"""Everything that ships, computed again and compared with what is stored."""
