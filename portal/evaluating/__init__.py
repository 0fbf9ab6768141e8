"""What ``manage.py evaluate`` needs of several rooms."""
