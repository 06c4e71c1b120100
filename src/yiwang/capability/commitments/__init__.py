"""容缺和告知承诺 Commitments: what an applicant promises in writing instead of bringing it now.

Plan part: 政务服务能力平台 → 容缺受理、告知承诺. Two objects: a Tolerance lets one paper come later, a
Commitment stands for proofs or carries a permit that is checked afterwards. Both begin with a signed
undertaking, have clocks of their own, and leave the ordinary road open.
"""
