"""What shoppers want: lines, totals, the merge at login."""
