"""大厅 The service hall: the clerk's one screen, the applicant's second screen, tickets and the board."""
