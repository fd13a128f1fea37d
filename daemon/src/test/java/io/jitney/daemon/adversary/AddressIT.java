package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.node.CallerIdentity.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who one is on the node's listener by the address one comes from. */
class AddressIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static final String HOME = "127.0.0.9";
  private static final String READ = RawHttp.head("GET /v1.0/state/store/secret");

  @BeforeAll
  static void tenants() throws Exception {
    Tenant home = node.open("home").sharedStores().start();
    home.send("POST /v1.0/state/store", "[{\"key\":\"secret\",\"value\":\"canary\"}]").ok();
    node.open("both").sharedStores().start();
    declare(List.of(HOME));
    node.declare("default", "both", new Credentials(List.of("both-token"), List.of("127.0.0.8")));
  }

  private static List<String> declare(List<String> addresses) {
    return node.declare("default", "home", new Credentials(List.of(), addresses));
  }

  private static Reply from(String source, String bytes) throws Exception {
    return from(source, "127.0.0.1", bytes);
  }

  private static Reply from(String source, String host, String bytes) throws Exception {
    try (RawHttp connection = new RawHttp(source, host, node.http())) {
      return connection.send(bytes).toTheEnd();
    }
  }

  private static Attempt spoofed(String name, String... headers) {
    return Attempt.of(
        "spoofed " + name,
        "a header that says where one comes from",
        () ->
            from("127.0.0.1", RawHttp.head("GET /v1.0/state/store/secret", headers)).refused(401));
  }

  @TestFactory
  Stream<DynamicTest> headers() {
    List<Attempt> all = new ArrayList<>();
    all.add(Attempt.control("at home", () -> from(HOME, READ).ok("canary")));
    all.add(
        Attempt.control(
            "at home, IPv4 in IPv6 clothes",
            () -> from("::ffff:" + HOME, "::ffff:127.0.0.1", READ).ok("canary")));
    for (String header :
        List.of(
            "X-Forwarded-For",
            "X-Real-IP",
            "X-Client-IP",
            "Client-IP",
            "True-Client-IP",
            "CF-Connecting-IP",
            "Fastly-Client-IP",
            "X-Cluster-Client-IP",
            "X-Original-Forwarded-For",
            "X-Originating-IP",
            "X-Remote-Addr",
            "Remote-Addr",
            "Forwarded-For",
            "X-Host",
            "Host",
            "X-Envoy-External-Address",
            "X-ProxyUser-Ip")) {
      all.add(spoofed(header, header + ": " + HOME));
    }
    all.add(spoofed("Forwarded", "Forwarded: for=" + HOME + ";by=" + HOME));
    all.add(spoofed("chain", "X-Forwarded-For: " + HOME + ", 10.0.0.1, " + HOME));
    all.add(spoofed("Via", "Via: 1.1 " + HOME));
    all.add(
        Attempt.of(
            "PROXY protocol",
            "the line that proxies put before a request",
            () ->
                from("127.0.0.1", "PROXY TCP4 " + HOME + " 127.0.0.1 5000 80\r\n" + READ)
                    .refused(400, Reply.NONE)));
    all.add(
        Attempt.of(
            "PROXY protocol 2",
            "its binary form",
            () ->
                from(
                        "127.0.0.1",
                        "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u007f\0\0\u0009\u007f\0\0\u0001\u0013\u0088\0P"
                            + READ)
                    .refused(400, Reply.NONE)));
    return Attempt.tests(node, all);
  }

  private static Attempt neighbour(String source) {
    return Attempt.of(
        "from " + source,
        "an address that looks like the right one",
        () -> from(source, source.contains(":") ? "::1" : "127.0.0.1", READ).refused(401));
  }

  @TestFactory
  Stream<DynamicTest> addresses() {
    String token = "dapr-api-token: ";
    return Attempt.tests(
        node,
        List.of(
            neighbour("127.0.0.1"),
            neighbour("127.0.0.90"),
            neighbour("127.0.0.19"),
            neighbour("127.0.9.9"),
            neighbour("127.9.0.9"),
            neighbour("127.0.0.10"),
            neighbour("::1"),
            Attempt.of(
                "stolen token",
                "another app's token from elsewhere than its address",
                () ->
                    from("127.0.0.1", RawHttp.head("GET /v1.0/metadata", token + "both-token"))
                        .refused(401)),
            Attempt.of(
                "token at the victim's address",
                "a token that counts elsewhere, from the victim's address",
                () ->
                    from(HOME, RawHttp.head("GET /v1.0/state/store/secret", token + "both-token"))
                        .refused(401)),
            Attempt.of(
                "wrong token at home",
                "a wrong token from the right address",
                () ->
                    from(HOME, RawHttp.head("GET /v1.0/state/store/secret", token + "x"))
                        .refused(401)),
            Attempt.of(
                "address without token",
                "the address alone of an app that has a token",
                () -> from("127.0.0.8", READ).refused(401)),
            Attempt.of(
                "claimed by two",
                "another app declares the same address: it is nobody's then",
                () -> {
                  node.declare("evil", "claimer", new Credentials(List.of(), List.of(HOME)));
                  from(HOME, READ).refused(401);
                  node.undeclare("evil", "claimer");
                  from(HOME, READ).ok("canary");
                }),
            Attempt.of(
                "claimed by a wider range",
                "another app declares a network around it",
                () -> {
                  node.declare(
                      "evil", "claimer", new Credentials(List.of(), List.of("127.0.0.0/8")));
                  from("127.0.0.77", READ).refused(401, 503);
                  from(HOME, READ).ok("canary");
                  node.undeclare("evil", "claimer");
                }),
            Attempt.of(
                "claimed in other clothes",
                "the same address as IPv6",
                () -> {
                  node.declare(
                      "evil", "claimer", new Credentials(List.of(), List.of("::ffff:" + HOME)));
                  from(HOME, READ).refused(401);
                  node.undeclare("evil", "claimer");
                }),
            Attempt.of(
                "slip of the pen",
                "an address that cannot be read opens no door",
                () -> {
                  for (String bad :
                      List.of("127.0.9", "*", "0.0.0.0/33", "localhost", "", "127.0.0.9/")) {
                    assertThat(declare(List.of(bad))).as(bad).isNotEmpty();
                    from(HOME, READ).refused(401);
                    from("127.0.0.1", READ).refused(401);
                  }
                  declare(List.of(HOME));
                  from(HOME, READ).ok("canary");
                }),
            Attempt.of(
                "moved away",
                "an open connection from an address that is another's now",
                () -> {
                  try (RawHttp connection = new RawHttp(HOME, "127.0.0.1", node.http())) {
                    String read = "GET /v1.0/state/store/secret HTTP/1.1\r\nHost: x\r\n\r\n";
                    connection.send(read).one().ok("canary");
                    declare(List.of("127.0.0.33"));
                    connection.send(read).one().refused(401);
                    declare(List.of(HOME));
                  }
                })));
  }
}
