"""A Config rule in the usual style: boto3 clients at module level, one handler. It judges a customer key by its rotation status alone."""
import json

import boto3

kms = boto3.client("kms")
config = boto3.client("config")


def lambda_handler(event, context):
    invoking_event = json.loads(event["invokingEvent"])
    item = invoking_event["configurationItem"]
    status = kms.get_key_rotation_status(KeyId=item["ARN"])
    is_on = status["KeyRotationEnabled"]
    config.put_evaluations(
        Evaluations=[
            {
                "ComplianceResourceType": item["resourceType"],
                "ComplianceResourceId": item["resourceId"],
                "ComplianceType": "COMPLIANT" if is_on else "NON_COMPLIANT",
                "Annotation": "Rotation is on." if is_on else "Rotation is off.",
                "OrderingTimestamp": item["configurationItemCaptureTime"],
            }
        ],
        ResultToken=event["resultToken"],
    )
