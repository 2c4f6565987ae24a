"""What a coordinator or an approver does on an evening, whichever door it came through.

The chat and the console both call these; each works in the caller's transaction.
"""
