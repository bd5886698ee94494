"""What is measured is measured on a disk."""
from tests.disk import tmp_path

__all__ = ["tmp_path"]
