"""Puts each rule (stdin: a list of the properties of AWS::Config::ConfigRule) into a new AWS Config of moto. Prints the rules as AWS Config
then describes them.

The function and its permission are created first, because PutConfigRule on AWS checks them.
"""
import io
import json
import os
import sys
import zipfile

import boto3
from moto import mock_aws

os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}


def put(rule):
    role = boto3.client("iam").create_role(
        RoleName="function",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
            }
        ),
    )["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("bootstrap", "")
    functions = boto3.client("lambda")
    function = functions.create_function(
        FunctionName="KeyRotationFunction",
        Role=role,
        Code={"ZipFile": code.getvalue()},
        Runtime="provided.al2023",
        Handler="bootstrap",
    )["FunctionArn"]
    functions.add_permission(FunctionName=function, StatementId="config", Action="lambda:InvokeFunction", Principal="config.amazonaws.com")

    rule["Source"]["SourceIdentifier"] = function
    rule["InputParameters"] = json.dumps({name: str(value) for name, value in rule["InputParameters"].items()})
    config = boto3.client("config")
    config.put_config_rule(ConfigRule=rule)
    return config.describe_config_rules(ConfigRuleNames=[rule["ConfigRuleName"]])["ConfigRules"][0]


described = []
for rule in json.load(sys.stdin):
    with mock_aws():
        described.append(put(rule))
print(json.dumps(described))
