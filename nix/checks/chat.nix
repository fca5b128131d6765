# A network that starts, answers a chat and stops when asked: in the build's sandbox, with nothing but the loopback.
{
  lib,
  runCommand,
  infernet,
  demo,
}:

runCommand "infernet-chat" { __darwinAllowLocalNetworking = true; } ''
  export HOME=$TMPDIR/home INFERNET_HOME=$TMPDIR/home/.infernet
  mkdir -m 711 $HOME
  ${lib.getExe demo} --port 46391 >start.log 2>&1 &
  start=$!
  for _ in $(seq 120); do
    grep -q '^ready' start.log && break
    kill -0 $start || break
    sleep 1
  done
  cat start.log
  grep -q '^ready' start.log
  ${lib.getExe infernet} chat "What is the capital of France?" | tee answer
  grep -q Paris answer
  kill -TERM $start
  wait $start || true
  mkdir $out
  cp start.log answer $out
''
