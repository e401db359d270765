"""The SAM transform, as CloudFormation does it on AWS's side."""

import json
import os

from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from harness import ROOT


class NoManagedPolicies:
    """The names are resolved by AWS; the translator wants a list of them."""

    def list_policies(self, **_):
        return {}

    def get_paginator(self, _):
        return self

    def paginate(self, **_):
        return [{"Policies": []}]


def transformed():
    os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"  # the translator asks for one
    template = yaml_parse((ROOT / "lambda/template.yaml").read_text())
    result = transform(template, {}, ManagedPolicyLoader(NoManagedPolicies()))
    return json.loads(json.dumps(result, default=str))
