# shellcheck shell=bash
# What the scripts beside this file share. Only the AWS CLI is needed. To be sourced, with $stack and $region set.

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# The first comment block of the script is its help.
usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

need_aws() {
  command -v aws >/dev/null || fail "the AWS CLI is missing: https://aws.amazon.com/cli/"
  [[ -z ${region:-} ]] || export AWS_REGION=$region AWS_DEFAULT_REGION=$region
  aws sts get-caller-identity --query Account --output text >/dev/null ||
    fail "the AWS CLI has no working credentials: run 'aws configure' or 'aws sso login'"
}

# shellcheck disable=SC2154  # the script that sources this sets it
stack_exists() { aws cloudformation describe-stacks --stack-name "$stack" >/dev/null 2>&1; }

# Empty when there is no stack yet.
stack_parameter() {
  stack_exists || return 0
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue | [0]" | sed 's/^None$//'
}

stack_output() {
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue | [0]"
}

# 256 random bits, and what the function keeps of them.
new_token() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }
digest() { printf %s "$1" | sha256sum | cut -d' ' -f1; }

# One parameter as JSON: in the CLI's shorthand commas and brackets would mean something.
parameter_json() {
  local value=${2//\\/\\\\}
  printf '{"ParameterKey": "%s", "ParameterValue": "%s"}' "$1" "${value//\"/\\\"}"
}

# apply_stack TEMPLATE NAME=VALUE...: makes the stack or updates it, and waits. TEMPLATE may be --use-previous-template;
# parameters that are not given keep their values.
apply_stack() {
  local body=(--template-body "file://$1") given=" " parameters=() setting name value verb=create said
  [[ $1 != --* ]] || body=("$1")
  shift
  for setting in "$@"; do
    given+="${setting%%=*} "
    parameters+=("$(parameter_json "${setting%%=*}" "${setting#*=}")")
  done
  if stack_exists; then
    verb=update
    while IFS=$'\t' read -r name value; do
      [[ $given == *" $name "* ]] || parameters+=("$(parameter_json "$name" "$value")")
    done < <(aws cloudformation describe-stacks --stack-name "$stack" --output text \
      --query 'Stacks[0].Parameters[].[ParameterKey, ParameterValue]')
  fi
  if ! said=$(aws cloudformation "$verb-stack" --stack-name "$stack" "${body[@]}" \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameters "${parameters[@]}" 2>&1); then
    [[ $said != *'No updates are to be performed'* ]] || return 0
    fail "$said"
  fi
  aws cloudformation wait "stack-$verb-complete" --stack-name "$stack" ||
    fail "the stack was not ${verb}d; 'aws cloudformation describe-stack-events --stack-name $stack' says why"
}
