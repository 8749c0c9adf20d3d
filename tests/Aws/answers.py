# Calls the local AWS with boto3, which parses the responses by the AWS service models, and prints the parsed responses.
# Arguments: endpoint, access key ID, secret access key, key ID, name of the rule, result token, ARN of a role.
import json
import sys

import boto3

endpoint, access_key, secret_key, key_id, rule, token, role = sys.argv[1:]
session = boto3.Session(access_key, secret_key, region_name="eu-central-1")


def client(name):
    return session.client(name, endpoint_url=endpoint)


kms, config = client("kms"), client("config")
evaluation = {
    "ComplianceResourceType": "AWS::KMS::Key",
    "ComplianceResourceId": key_id,
    "ComplianceType": "NON_COMPLIANT",
    "Annotation": "Rotation is off.",
    "OrderingTimestamp": 1770000000.5,
}
answers = {
    "ListKeys": kms.list_keys(Limit=1000),
    "DescribeKey": kms.describe_key(KeyId=key_id),
    "GetKeyRotationStatus": kms.get_key_rotation_status(KeyId=key_id),
    "ListKeyRotations": kms.list_key_rotations(KeyId=key_id, IncludeKeyMaterial="ROTATIONS_ONLY", Limit=1000),
    "ListResourceTags": kms.list_resource_tags(KeyId=key_id),
    "ListAliases": kms.list_aliases(),
    "PutEvaluations": config.put_evaluations(Evaluations=[evaluation], ResultToken=token),
    "GetComplianceDetailsByConfigRule": config.get_compliance_details_by_config_rule(ConfigRuleName=rule, ComplianceTypes=["NON_COMPLIANT"]),
    "GetResourceConfigHistory": config.get_resource_config_history(resourceType="AWS::KMS::Key", resourceId=key_id),
    "DescribeStackResources": client("cloudformation").describe_stack_resources(PhysicalResourceId=key_id),
    "AssumeRole": client("sts").assume_role(RoleArn=role, RoleSessionName="test"),
}
for answer in answers.values():
    answer.pop("ResponseMetadata")
print(json.dumps(answers, default=lambda time: time.isoformat()))
