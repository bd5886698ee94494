"""What keeps a shop whole: backups, restoring, the doctor."""
