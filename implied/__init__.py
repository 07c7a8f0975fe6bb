"""What printed numbers imply: a ledger of claims, and all that patients who satisfy it must have in common."""
