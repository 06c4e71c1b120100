"""节点: who takes part in the exchange, known by signed and versioned documents; the plan part “一张网”.

One node is the registry 登记机构 (the province). It says who the members are; every node keeps what it
was told, works on with it when the registry is away, and takes nothing unsigned, older or altered.
"""
