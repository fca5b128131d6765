# A machine with the module's three services: a client's chat goes through all of them.
{ testers, module }:

testers.runNixOSTest {
  name = "infernet";

  nodes.machine = {
    imports = [ module ];
    services.infernet = {
      controlPlane.enable = true;
      node.enable = true;
      llamaServer.enable = true;
    };
    virtualisation.memorySize = 2048;
  };

  testScript = ''
    machine.wait_for_unit("infernet-control-plane.service")
    machine.wait_for_open_port(46337)
    as_plane = "sudo -u infernet-control-plane /var/lib/infernet-control-plane/bin/infernet"
    key = machine.succeed(f"{as_plane} api-key create test").split()[0]
    ask = f"INFERNET_BEARER_TOKEN={key} infernet chat --control-plane http://127.0.0.1:46337"
    machine.wait_until_succeeds(f"{ask} 'What is the capital of France?' | grep Paris", timeout=120)
  '';
}
