"""What the OpenAPI document says beside the resources: refusals, sign-in, scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from yiwang.entrance.shell.access import Door as Policydoor
from yiwang.entrance.shell.access import Policy

if TYPE_CHECKING:
    from ninja import NinjaAPI
    from ninja.openapi.schema import OpenAPISchema

#: Status → what it means; every operation may answer every one of them, always with a Refusal.
REFUSALS: Final = {
    400: "请求读不懂",
    401: "没有登录或令牌无效",
    403: "没有这项权限",
    404: "没有，或者不是您的",
    405: "这个地址没有这种方法，Allow 头里是有的",
    409: "现在的状态不能这样做，或者版本已变",
    413: "内容太大",
    422: "有几项需要改",
    429: "问得太快，Retry-After 头里是要等的秒数",
    500: "系统出错，附请求编号",
    503: "暂时办不了，稍后再试",
}
_WAIT: Final = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "过多少秒再试"},
}
_FIELD: Final = {
    "type": "object",
    "required": ["field", "sentence", "remedy"],
    "properties": {name: {"type": "string"} for name in ("field", "sentence", "remedy")},
}
_REFUSAL: Final = {
    "type": "object",
    "required": ["refusal"],
    "properties": {
        "refusal": {
            "type": "object",
            "required": ["code", "status", "sentence", "remedy", "fields", "request_id"],
            "properties": {
                "code": {"type": "string", "description": "拒绝的名称，程序按它判断"},
                "status": {"type": "integer"},
                "sentence": {"type": "string", "description": "给人看的一句话"},
                "remedy": {"type": "string", "description": "现在可以怎么办"},
                "fields": {"type": "array", "items": _FIELD},
                "request_id": {"type": "string"},
            },
        }
    },
}


def describe(api: NinjaAPI, schema: OpenAPISchema) -> None:
    """Add to the document what holds for all: refusals, the two ways to sign in, needed scopes."""
    components: dict[str, Any] = schema.setdefault("components", {})
    components.setdefault("schemas", {})["Refusal"] = _REFUSAL
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "在“我的”里申请，按范围授权"},
        "session": {"type": "apiKey", "in": "cookie", "name": "yiwang_session"},
    }
    policies = _policies(api)
    for path in schema["paths"].values():
        for operation in path.values():
            _describe_operation(operation, policies.get(operation["operationId"]))


def _describe_operation(operation: dict[str, Any], policy: Policy | None) -> None:
    for status, meaning in REFUSALS.items():
        operation["responses"][status] = {
            "description": meaning,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
            **({"headers": _WAIT} if status in (429, 503) else {}),
        }
    if policy is None or policy.door is Policydoor.ANYONE:
        operation["security"] = []
        return
    operation["security"] = [{"token": []}, {"session": []}]
    operation["x-door"] = policy.door.value
    operation["x-scope"] = policy.scope
    operation["x-roles"] = sorted(role.value for role in policy.roles)


def _policies(api: NinjaAPI) -> dict[str, Policy]:
    """Operation id → what its function declared."""
    found: dict[str, Policy] = {}
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                policy = getattr(operation.view_func, "policy", None)
                if policy is not None:
                    name = operation.operation_id or api.get_openapi_operation_id(operation)
                    found[name] = policy
    return found
