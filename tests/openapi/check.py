"""protocol/openapi.yaml is valid OpenAPI 3.1, and the examples of the endpoint wire fit it."""

import json
import pathlib
import sys

import jsonschema
import yaml
from openapi_spec_validator import validate

PROTOCOL = pathlib.Path(__file__).parents[2] / "protocol"


def schema_name(example):
    if example["kind"] == "request":
        return "CompletionRequest"
    if example["kind"] == "event":
        return "StreamEvent"
    return "Completion" if example["status"] == 200 else "Error"


def main():
    contract = yaml.safe_load((PROTOCOL / "openapi.yaml").read_text())
    validate(contract)

    def faults(name, message):
        schema = {"$ref": f"#/components/schemas/{name}", "components": contract["components"]}
        return list(jsonschema.Draft202012Validator(schema).iter_errors(message))

    # A schema that takes everything would prove nothing.
    assert faults("CompletionRequest", {"suffix": ""})
    assert faults("CompletionRequest", {"prompt": "", "max_tokens": "9"})
    assert faults("Completion", {"success": True, "model": "m"})
    assert faults("Error", {"success": True, "error": ""})
    assert faults("StreamEvent", {"success": False, "error": ""})

    checked = 0
    for path in sorted((PROTOCOL / "examples").glob("endpoint-*.json")):
        example = json.loads(path.read_text())
        from_gateway = "message" in example["message"]
        if from_gateway or example["message"] == "[DONE]":
            continue
        for fault in faults(schema_name(example), example["message"]):
            sys.exit(f"{path.name}: {fault.message}")
        checked += 1
    print(f"openapi: the contract is valid, {checked} examples fit it")


if __name__ == "__main__":
    main()
