# shellcheck shell=bash
# What the scripts beside this file share. Only the AWS CLI is needed. To be sourced, with $stack and $region set.
# They keep to what a Mac has, too: bash 3.2, and tools without GNU's options.

stack_facts=''  # until need_aws has asked

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# The first comment block of the script is its help.
usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

# Sets $account, for those who need it.
# shellcheck disable=SC2034
need_aws() {
  command -v aws >/dev/null || fail "the AWS CLI is missing: https://aws.amazon.com/cli/"
  [[ -z ${region:-} ]] || export AWS_REGION=$region AWS_DEFAULT_REGION=$region
  local where=${region:-its region} said
  if ! account=$(aws sts get-caller-identity --query Account --output text 2>/dev/null); then
    said=$(aws sts get-caller-identity 2>&1) || true
    case $said in
      *'onnect to the endpoint'* | *'onnection'*) fail "AWS cannot be reached in $where; is the name right? $said" ;;
      *'nvalid endpoint'* | *'nvalid region'* | *'not match a supported format'* | *'must specify a region'*)
        fail "$where is no region of AWS: $said" ;;
    esac
    fail "the AWS CLI has no working credentials: run 'aws configure' or 'aws sso login'. $said"
  fi
  load_stack
}

# Asks CloudFormation about the stack, once: the CLI takes its time. For the functions below; to be called again after a change.
# shellcheck disable=SC2154  # the script that sources this sets $stack
load_stack() {
  local query="Stacks[0].[[['status', '', StackStatus]], Parameters[].['parameter', ParameterKey, ParameterValue],
    Outputs[].['output', OutputKey, OutputValue]][]"
  local ask=(aws cloudformation describe-stacks --stack-name "$stack" --output text --query "$query") said
  if ! stack_facts=$("${ask[@]}" 2>/dev/null); then
    said=$("${ask[@]}" 2>&1) || [[ $said == *'does not exist'* ]] || fail "$said"
    stack_facts=''
  fi
}
stack_fact() { awk -F'\t' -v kind="$1" -v name="$2" '$1 == kind && $2 == name {print $3}' <<<"$stack_facts"; }
stack_parameter() { stack_fact parameter "$1"; }  # empty when there is no stack yet
stack_output() { stack_fact output "$1"; }
stack_status() { stack_fact status ''; }

# Changes nothing that lambda/deploy did not make: its template alone takes the package from these two places.
own_stack() {
  [[ ! $(stack_status) || ($(stack_parameter CodeBucket) && $(stack_parameter CodeKey)) ]] ||
    fail "the stack $stack is somebody else's: lambda/deploy did not make it; choose another --stack"
}

# has_parameter NAME: whether the parameter store has it. That it may not be asked is another thing.
has_parameter() {
  local said
  said=$(aws ssm get-parameter --name "$1" --query Parameter.Name --output text 2>&1) && return
  [[ $said == *ParameterNotFound* ]] || fail "the parameter store does not say whether $1 is there: $said"
  return 1
}

# What is left of a first deployment that failed is no stack: it can only be removed.
stack_exists() { [[ $(stack_status) && $(stack_status) != ROLLBACK_COMPLETE ]]; }

# 256 random bits, and what the function keeps of them.
new_token() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }
sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c1-64; }
digest() { printf %s "$1" | sha256; }

# One parameter as JSON: in the CLI's shorthand commas and brackets would mean something.
parameter_json() {
  local value=${2//\\/\\\\}
  printf '{"ParameterKey": "%s", "ParameterValue": "%s"}' "$1" "${value//\"/\\\"}"
}

# apply_stack TEMPLATE NAME=VALUE...: makes the stack or updates it, and waits. TEMPLATE may be --use-previous-template;
# parameters that are not given keep their values.
apply_stack() {
  local body=(--template-body "file://$1") given=" " parameters=() setting kind name value verb=create said
  [[ $1 != --* ]] || body=("$1")
  shift
  for setting in "$@"; do
    given+="${setting%%=*} "
    parameters+=("$(parameter_json "${setting%%=*}" "${setting#*=}")")
  done
  [[ $(stack_status) != *_IN_PROGRESS ]] ||
    fail "the stack $stack is being changed by another run ($(stack_status)); try again when that is over"
  if [[ $(stack_status) == ROLLBACK_COMPLETE ]]; then
    aws cloudformation delete-stack --stack-name "$stack"
    aws cloudformation wait stack-delete-complete --stack-name "$stack"
  fi
  if stack_exists; then
    verb=update
    while IFS=$'\t' read -r kind name value; do
      [[ $kind != parameter || $given == *" $name "* ]] || parameters+=("$(parameter_json "$name" "$value")")
    done <<<"$stack_facts"
  fi
  if ! said=$(aws cloudformation "$verb-stack" --stack-name "$stack" "${body[@]}" \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameters "${parameters[@]}" 2>&1); then
    [[ $said != *'No updates are to be performed'* ]] || return 0
    [[ $said != *_IN_PROGRESS* ]] || fail "the stack $stack is being changed by another run; try again when that is over"
    fail "$said"
  fi
  aws cloudformation wait "stack-$verb-complete" --stack-name "$stack" ||
    fail "the stack was not ${verb}d; 'aws cloudformation describe-stack-events --stack-name $stack' says why"
  load_stack
}
