package io.jitney.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class TablesTest {
  @Test
  void appsAreALineEach() {
    JsonArray apps =
        new JsonArray(
            """
            [{"namespace":"default","appId":"orders","calls":12,"refused":3,"inFlight":1,"instances":[
               {"number":1,"state":"running","httpPort":3501,"grpcPort":50002,"health":"ok"},
               {"number":2,"state":"draining","httpPort":-1,"grpcPort":-1,"health":"waits for runtime"}]},
             {"namespace":"shop","appId":"broken","state":"failed","reason":"no such component","instances":[]}]
            """);

    assertThat(AppsCommand.table(apps))
        .isEqualTo(
            """
            NAMESPACE  APP ID  INSTANCES  PORTS            STATE                  HEALTH             CALLS  REFUSED  IN FLIGHT
            default    orders  2          3501/50002,node  1 draining, 1 running  waits for runtime  12     3        1
            shop       broken  0          -                failed                 no such component  0      0        0
            """);
    assertThat(AppsCommand.table(new JsonArray())).startsWith("No apps. ");
  }

  @Test
  void statusIsReadable() {
    JsonObject status =
        new JsonObject(
            """
            {"pid":7,"version":"0.1","daprVersion":"1.18.3","uptimeSeconds":93784,"socket":"/run/s","httpPort":3500,
             "grpcPort":-1,"adminPort":3509,"eventLoops":2,"threads":20,"tenants":3,"sidecars":3,
             "memory":{"heapUsed":10485760,"heapCommitted":20971520,"direct":0,"pss":104857600},
             "instances":{"opening":1,"running":2},
             "pools":[{"type":"state.redis","clients":1,"connections":2}],"problems":["a.yaml: wrong"]}
            """);

    assertThat(StatusCommand.text(status))
        .isEqualTo(
            """
            daemon   pid 7, jitney 0.1, Dapr 1.18.3, up 1 d 2:03:04
            socket   /run/s
            ports    HTTP API 3500, gRPC API off, admin 3509
            memory   100.0 MB in all (PSS), 10.0 MB of 20.0 MB heap used, 0.0 MB direct
            threads  20, 2 of them event loops
            apps     3, instances: 1 opening, 2 running
            clients  state.redis 1 (2 connections)
            problem  a.yaml: wrong
            """);
  }

  @Test
  void aNameMakesNoLinesAndNoCommands() {
    String table =
        new TextTable("APP ID", "STATE").row("a\nb  running\u001b[2J\u202e", "failed").toString();
    assertThat(table.lines()).hasSize(2);
    assertThat(table).contains("a?b  running?[2J?").doesNotContain("\u001b", "\u202e");
  }
}
