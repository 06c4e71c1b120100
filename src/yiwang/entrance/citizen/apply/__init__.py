"""Applying: questions, form steps, materials, a letter to check, the receipt. One file per page."""
