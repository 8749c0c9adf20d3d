"""Parses AWS CLI commands (stdin: a list of argument lists) as the AWS CLI does, up to the request, which is not sent. Argument 1 is the
folder in which the commands run.

An unknown option, a value of the wrong shape, a missing parameter and an unknown choice are errors. Prints for each command its error, or
null, and for a stack also the parameters that the command passes to it.
"""
import argparse
import contextlib
import io
import json
import os
import sys

from awscli.clidriver import create_clidriver
from awscli.customizations.cloudformation.deploy import DeployCommand
from awscli.customizations.s3.subcommands import S3TransferCommand
from awscli.customizations.waiters import WaiterCaller

os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}
os.chdir(sys.argv[1])
seen = {}


class Answered:
    status_code = 200


def check_choices(shape, value, name):
    """botocore does not check enumerations."""
    if shape.type_name == "structure":
        for member, inner in value.items():
            check_choices(shape.members[member], inner, f"{name}.{member}")
    elif shape.type_name == "list":
        for inner in value:
            check_choices(shape.member, inner, name)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        raise ValueError(f"{name} is {value}; valid are {', '.join(shape.enum)}")


def before_parameter_build(params, model, **_):
    if model.input_shape:
        check_choices(model.input_shape, params, model.name)
    seen["parameters"] = [parameter["ParameterKey"] for parameter in params.get("Parameters", []) if isinstance(parameter, dict)]


def deploy(self, parsed_args, parsed_globals):
    seen["template"] = parsed_args.template_file
    seen["parameters"] = list(self.parse_key_value_arg(parsed_args.parameter_overrides, "parameter-overrides"))
    return 0


# Version 1 accepts abbreviated options; version 2 does not.
argparse.ArgumentParser._get_option_tuples = lambda *_: []
DeployCommand._run_main = deploy
S3TransferCommand._run_main = lambda self, parsed_args, parsed_globals: 0
WaiterCaller.invoke = lambda *_: 0


def parse(arguments):
    seen.clear()
    driver = create_clidriver()
    driver.session.register("before-parameter-build.*.*", before_parameter_build)
    driver.session.register("before-call.*.*", lambda **_: (Answered(), {}))
    output, errors = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code = driver.main(arguments)
    except SystemExit as ended:
        code = ended.code
    return {"error": errors.getvalue().strip() or f"exit code {code}" if code else None, **seen}


print(json.dumps([parse(arguments) for arguments in json.load(sys.stdin)]))
