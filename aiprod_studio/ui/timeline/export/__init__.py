"""The export dialog: its pages, what each format leaves out, and the job that writes."""
