"""Segmentation, submission to carriers and receipts."""
