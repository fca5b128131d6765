# How llama-server is run beside a node: as `infernet backend run llamacpp` runs it.
{
  # Where a node looks for llama.cpp besides 8080, which many programs want.
  port = 9931;

  # Its words on a command line; a port is still to be named.
  command =
    {
      package,
      model,
      alias,
    }:
    [
      "${package}/bin/llama-server"
      "--model"
      model
    ]
    ++ (
      if alias == null then
        [ ]
      else
        [
          "--alias"
          alias
        ]
    )
    ++ [
      "--host"
      "127.0.0.1"
      "--parallel"
      "4"
      "--ctx-size"
      "32768"
      "--jinja"
      "--metrics"
      "--slots"
      "--no-webui"
    ];
}
