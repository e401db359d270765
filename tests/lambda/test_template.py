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
        roles = [r["Properties"] for r in self.resources.values() if r["Type"] == "AWS::IAM::Role"]
        [role] = roles  # the translator adds none of its own
        self.assertNotIn("ManagedPolicyArns", role)
        [policy] = role["Policies"]
        key, log, *optional = policy["PolicyDocument"]["Statement"]
        self.assertEqual(key["Action"], "ssm:GetParameter")
        self.assertTrue(key["Resource"]["Fn::Sub"].endswith(":parameter/${AWS::StackName}/model-key"))
        self.assertEqual(log["Action"], ["logs:CreateLogStream", "logs:PutLogEvents"])
        self.assertTrue(log["Resource"]["Fn::Sub"].endswith(":log-group:/aws/lambda/${AWS::StackName}:*"))
        self.assertEqual([choice["Fn::If"][0] for choice in optional], ["HasBudgetTable", "Traces"])
        self.assertEqual({choice["Fn::If"][2]["Ref"] for choice in optional}, {"AWS::NoValue"})
        self.assertEqual(optional[0]["Fn::If"][1]["Action"], "dynamodb:UpdateItem")

    def test_what_is_optional_is_off(self):
        parameters = self.template["Parameters"]
        defaults = {name: parameters[name]["Default"] for name in ("CorsOrigins", "ReservedConcurrency", "XRay", "Streaming",
                                                                   "ExactBudgets", "Auth")}
        self.assertEqual(defaults, {"CorsOrigins": "", "ReservedConcurrency": 0, "XRay": "PassThrough", "Streaming": "false",
                                    "ExactBudgets": "false", "Auth": "token"})
        function = self.resources["Function"]["Properties"]
        self.assertEqual(function["ReservedConcurrentExecutions"]["Fn::If"][0], "HasReserve")
        for door in ("Api", "Url"):
            cors = self.resources[door]["Properties"].get("CorsConfiguration") or self.resources[door]["Properties"]["Cors"]
            self.assertEqual((cors["Fn::If"][0], cors["Fn::If"][2]), ("HasCors", {"Ref": "AWS::NoValue"}))

    def test_no_secret_is_a_setting(self):
        variables = self.resources["Function"]["Properties"]["Environment"]["Variables"]
        self.assertEqual(variables["FIM_KEY_PARAMETER"], {"Fn::Sub": "/${AWS::StackName}/model-key"})
        self.assertNotIn("CODESTRAL_API_KEY", variables)
        self.assertFalse([name for name in self.template["Parameters"] if "ApiKey" in name or "Secret" in name])

    def test_iam_is_checked_by_the_door(self):
        self.assertEqual(self.resources["Route"]["Properties"]["AuthorizationType"], {"Fn::If": ["Signed", "AWS_IAM", "NONE"]})
        self.assertEqual(self.resources["Url"]["Properties"]["AuthType"], {"Fn::If": ["Signed", "AWS_IAM", "NONE"]})
        self.assertEqual(self.resources["Url"]["Properties"]["InvokeMode"], "RESPONSE_STREAM")
        choice = self.resources["CallerPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]["Fn::If"]
        self.assertEqual([choice[1]["Action"], choice[2]["Action"]],
                         ["execute-api:Invoke", ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]])

    def test_alarms(self):
        watched = {(r["Properties"]["Namespace"], r["Properties"]["MetricName"]) for r in self.resources.values()
                   if r["Type"] == "AWS::CloudWatch::Alarm"}
        self.assertEqual(watched, {("AWS/Lambda", "Errors"), ("AWS/Lambda", "Throttles"), ("AWS/Lambda", "Duration"),
                                   ("AWS/Lambda", "Invocations"), ("fim-lambda", "Errors")})
        self.assertEqual(self.resources["SlowAlarm"]["Properties"]["ExtendedStatistic"], "p99")

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

    def test_outputs(self):
        self.assertEqual(set(self.template["Outputs"]),
                         {"Endpoint", "FunctionName", "FunctionArn", "LogGroup", "Dashboard", "CallerPolicy"})

    def test_the_dashboard_is_json(self):
        body = self.resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
        self.assertEqual(len(json.loads(body)["widgets"]), 4)


if __name__ == "__main__":
    unittest.main()
