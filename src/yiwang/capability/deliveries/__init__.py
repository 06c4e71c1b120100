"""送达和纸质材料 Paper that travels: results on the shelf, originals taken in, courier bags, parcels.

Serves 一网通办. Every piece is somewhere and says where: to the office on the desk, to the applicant on
the progress page. A piece blocks no decision; one that is missing is announced, never passed over.
"""
