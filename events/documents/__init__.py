"""What events have on paper, laid out by WeasyPrint; nothing is fetched from anywhere."""
