"""What a desk says for itself: hidden facts, own values, own hours, read from files and from officials."""
