"""lambda/template.yaml: clean for cfn-lint, and what the real SAM translator makes of it in every mode."""

import json
import subprocess
import unittest

import sam
from harness import ROOT


class Template(unittest.TestCase):
    def test_lint(self):
        lint = subprocess.run(["cfn-lint", ROOT / "lambda/template.yaml"], capture_output=True, text=True)
        self.assertEqual((lint.stdout, lint.returncode), ("", 0), lint.stderr)

    def setUp(self):
        self.template = sam.transformed()
        self.resources = self.template["Resources"]

    def test_function(self):
        function = self.resources["Function"]["Properties"]
        self.assertEqual((function["Runtime"], function["Handler"]), ("provided.al2023", "bootstrap"))
        self.assertEqual(function["Architectures"], [{"Ref": "Architecture"}])
        timeout = self.resources["Integration"]["Properties"]["TimeoutInMillis"]
        self.assertEqual((function["Timeout"], timeout), (25, 29000))

    def test_the_role_may_read_one_parameter_and_write_logs(self):
        role = self.resources["FunctionRole"]["Properties"]
        managed = json.dumps(role["ManagedPolicyArns"])
        self.assertEqual(len(role["ManagedPolicyArns"]), 2)
        self.assertIn("AWSLambdaBasicExecutionRole", managed)
        self.assertIn("AWSXrayWriteOnlyAccess", managed)  # added for the parameter XRay, whatever its value
        [statement] = role["Policies"][0]["PolicyDocument"]["Statement"]
        self.assertEqual(statement["Action"], "ssm:GetParameter")
        self.assertNotIn("*", json.dumps(statement["Resource"]))
        self.assertEqual(len(role["Policies"]), 1)

    def test_both_limits_of_the_throttle_are_set(self):
        limits = self.resources["Stage"]["Properties"]["DefaultRouteSettings"]
        self.assertEqual(set(limits), {"ThrottlingRateLimit", "ThrottlingBurstLimit"})

    def test_an_open_function_url_has_both_permissions(self):
        permissions = [r["Properties"] for r in self.resources.values()
                       if r["Type"] == "AWS::Lambda::Permission" and r.get("Condition") == "OpenUrl"]
        self.assertEqual({p["Action"] for p in permissions}, {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"})

    def test_doors_exclude_each_other(self):
        conditions = {r["Type"]: r.get("Condition") for r in self.resources.values()}
        self.assertEqual(conditions["AWS::ApiGatewayV2::Api"], "Buffers")
        self.assertEqual(conditions["AWS::Lambda::Url"], "Streams")

    def test_logs_are_not_kept_for_ever(self):
        self.assertIn("RetentionInDays", self.resources["Logs"]["Properties"])

    def test_the_dashboard_is_json(self):
        body = self.resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
        self.assertEqual(len(json.loads(body)["widgets"]), 4)


if __name__ == "__main__":
    unittest.main()
