"""Deploys a plain template (argument 1: its file) to moto's CloudFormation with the parameters from stdin. Prints the status and the
outputs of the stack, and the logical ID and type of each resource that moto created.

AWS removes AWS::NoValue from a list. Moto leaves None in its place, which this script removes.
"""
import io
import json
import os
import sys
import zipfile

import boto3
from moto import mock_aws
from moto.cloudformation import parsing

os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}

clean_json = parsing.clean_json


def without_no_value(value, resources):
    cleaned = clean_json(value, resources)
    return [item for item in cleaned if item is not None] if isinstance(cleaned, list) else cleaned


parsing.clean_json = without_no_value

with open(sys.argv[1], encoding="utf-8") as file:
    body = file.read()
parameters = json.load(sys.stdin)
with mock_aws():
    storage = boto3.client("s3")
    storage.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("bootstrap", "")
    storage.put_object(Bucket="bucket", Key=parameters["CodeKey"], Body=code.getvalue())
    formation = boto3.client("cloudformation")
    formation.create_stack(
        StackName="kms-key-rotation",
        TemplateBody=body,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
    )
    stack = formation.describe_stacks(StackName="kms-key-rotation")["Stacks"][0]
    resources = formation.describe_stack_resources(StackName="kms-key-rotation")["StackResources"]
    print(
        json.dumps(
            {
                "Status": stack["StackStatus"],
                "Resources": {resource["LogicalResourceId"]: resource["ResourceType"] for resource in resources if "LogicalResourceId" in resource},
                "Outputs": {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]},
            }
        )
    )
