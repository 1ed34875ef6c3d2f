"""What reaches Azure: the files of a published folder or of an image, and those that do not."""
