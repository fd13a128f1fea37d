package io.jitney.daemon.adversary;

import com.google.protobuf.Empty;
import io.dapr.v1.DaprMetadataProtos.GetMetadataRequest;
import io.dapr.v1.DaprStateProtos.GetStateRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who one is on the node's listener is told by the whole token, and by nothing else. */
class TokenIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static final String TOKEN = "dapr-api-token";
  private static final String VICTIMS = TOKEN + ": " + Victim.TOKEN;
  private static final String OWN = TOKEN + ": " + AttackedNode.MALLORYS_TOKEN;
  private static final String READ = "GET /v1.0/state/store/secret";
  private static final String GET_STATE = "/dapr.proto.runtime.v1.Dapr/GetState";
  private static final GetStateRequest SECRET =
      GetStateRequest.newBuilder().setStoreName("store").setKey("secret").build();

  /** A read of what is the victim's, on the node's HTTP port, that must be refused. */
  private static Attempt unknown(String name, String tries, String... headers) {
    return Attempt.of(
        name, tries, () -> RawHttp.ask(node.http(), READ, headers).refused(401, 400, 431));
  }

  /** The same with Mallory's own token beside what is tried: it stays Mallory's call. */
  private static Attempt mallory(String name, String tries, String... headers) {
    return Attempt.of(
        name,
        tries,
        () -> {
          RawHttp.ask(node.http(), READ, headers).refused(204);
          RawHttp.ask(node.http(), "GET /v1.0/metadata", headers).as("\"id\":\"mallory\"");
        });
  }

  @TestFactory
  Stream<DynamicTest> overHttp() {
    String long1 = Victim.TOKEN + "x".repeat(3000);
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "victim's token", () -> RawHttp.ask(node.http(), READ, VICTIMS).ok(Victim.STATE)),
            Attempt.control(
                "mallory's token",
                () -> RawHttp.ask(node.http(), "GET /v1.0/metadata", OWN).as("mallory")),
            unknown("nothing", "no token at all"),
            unknown("empty", "an empty token", TOKEN + ":"),
            unknown("blanks", "a token of blanks", TOKEN + ":    "),
            unknown("quotes", "an empty token in quotes", TOKEN + ": \"\""),
            unknown("prefix", "the first half of the token", TOKEN + ": token-of"),
            unknown("one less", "all but the last letter", TOKEN + ": token-of-victi"),
            unknown("one more", "a letter too many", VICTIMS + "s"),
            unknown("upper case", "the token in capitals", TOKEN + ": TOKEN-OF-VICTIM"),
            unknown("quoted", "the token in quotes", TOKEN + ": \"" + Victim.TOKEN + "\""),
            unknown("bearer", "the token with a scheme", TOKEN + ": Bearer " + Victim.TOKEN),
            unknown(
                "authorization",
                "the token where others have it",
                "Authorization: Bearer " + Victim.TOKEN),
            unknown("list", "two tokens in a list", OWN + "," + Victim.TOKEN),
            unknown("list, victim first", "two tokens in a list", VICTIMS + ", token-of-mallory"),
            unknown("semicolon", "a token with a parameter", VICTIMS + "; app-id=victim"),
            unknown("folded", "a token over two lines", TOKEN + ": token-of-\r\n victim"),
            unknown("inner blank", "a blank within", TOKEN + ": token-of -victim"),
            unknown("NUL behind", "a NUL behind the token", VICTIMS + "\0"),
            unknown("NUL before", "a NUL before the token", TOKEN + ": \0" + Victim.TOKEN),
            unknown("percent", "the token percent-encoded", TOKEN + ": token%2dof%2dvictim"),
            unknown("full width", "letters that look alike", TOKEN + ": token-of-\u00efvictim"),
            unknown("very long", "a token of 3,000 letters", TOKEN + ": " + long1),
            unknown("longer", "a head over the limit", TOKEN + ": " + "y".repeat(60_000)),
            unknown("app id", "the app id as token", TOKEN + ": victim"),
            unknown("tenant", "namespace and app id as token", TOKEN + ": default/victim"),
            unknown("null", "the word null", TOKEN + ": null"),
            unknown("star", "a wildcard", TOKEN + ": *"),
            unknown("pattern", "a pattern", TOKEN + ": token-of-.*"),
            unknown("app token", "the victim's app token", TOKEN + ": " + Victim.APP_TOKEN),
            unknown("underscores", "a name that gateways fold", "dapr_api_token: " + Victim.TOKEN),
            unknown("blank in name", "blank before the colon", TOKEN + " : " + Victim.TOKEN),
            unknown("tab in name", "tab before the colon", TOKEN + "\t: " + Victim.TOKEN),
            unknown("prefixed name", "a proxy's name", "x-dapr-api-token: " + Victim.TOKEN),
            unknown("cookie", "the token as cookie", "Cookie: " + TOKEN + "=" + Victim.TOKEN),
            unknown("wrong first", "a wrong token, then the right one", TOKEN + ": no", VICTIMS),
            unknown("empty first", "an empty token, then the right one", TOKEN + ":", VICTIMS),
            mallory("own first", "two headers, the own one first", OWN, VICTIMS),
            mallory("own, other case", "names that differ in case", OWN, "DAPR-API-TOKEN: x"),
            mallory(
                "nominated", "the token as header of the connection", OWN, "Connection: " + TOKEN),
            mallory("caller id", "forged caller", OWN, "dapr-caller-app-id: victim"),
            mallory("namespace", "forged namespace", OWN, "dapr-caller-namespace: default"),
            mallory("app id header", "x-dapr-app-id", OWN, "x-dapr-app-id: victim"),
            mallory("host", "the victim as host", OWN, "X-Forwarded-Host: victim"),
            mallory("user", "a user's name", OWN, "X-Remote-User: victim", "X-App-Id: victim")));
  }

  @TestFactory
  Stream<DynamicTest> inTheUrl() {
    List<Attempt> all = new ArrayList<>();
    for (String query :
        List.of(
            "dapr-api-token=" + Victim.TOKEN,
            "token=" + Victim.TOKEN,
            "api_key=" + Victim.TOKEN,
            "metadata.dapr-api-token=" + Victim.TOKEN,
            "appid=victim")) {
      String name = query.substring(0, query.indexOf('='));
      all.add(
          Attempt.of(
              "query " + name,
              "a token in the URL",
              () -> RawHttp.ask(node.http(), READ + "?" + query).refused(401)));
    }
    all.add(
        Attempt.of(
            "user info",
            "the token as password of an absolute URL",
            () ->
                RawHttp.ask(
                        node.http(),
                        "GET http://x:" + Victim.TOKEN + "@localhost/v1.0/state/store/secret")
                    .refused(401, 400)));
    all.add(
        Attempt.of(
            "trailer",
            "the token behind the body",
            () ->
                RawHttp.exchange(
                        node.http(),
                        RawHttp.head(
                                "POST /v1.0/state/store/bulk",
                                "Transfer-Encoding: chunked",
                                "Trailer: " + TOKEN)
                            + "13\r\n{\"keys\":[\"secret\"]}\r\n0\r\n"
                            + VICTIMS
                            + "\r\n\r\n")
                    .refused(401, 400)));
    return Attempt.tests(node, all);
  }

  /** A read of what is the victim's, on the node's gRPC port, that must be refused. */
  private static Attempt grpc(String name, String tries, String... metadata) {
    return Attempt.of(
        "grpc " + name,
        tries,
        () -> RawHttp2.grpc(node.grpc(), GET_STATE, SECRET, metadata).refused(16, 400, Reply.NONE));
  }

  private static Reply asMallory(String... metadata) throws IOException {
    String[] all = new String[metadata.length + 2];
    all[0] = TOKEN;
    all[1] = AttackedNode.MALLORYS_TOKEN;
    System.arraycopy(metadata, 0, all, 2, metadata.length);
    RawHttp2.grpc(node.grpc(), GET_STATE, SECRET, all).refused(0);
    return RawHttp2.grpc(
            node.grpc(),
            "/dapr.proto.runtime.v1.Dapr/GetMetadata",
            GetMetadataRequest.getDefaultInstance(),
            all)
        .as("mallory");
  }

  @TestFactory
  Stream<DynamicTest> overGrpc() {
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "grpc victim's token",
                () ->
                    RawHttp2.grpc(node.grpc(), GET_STATE, SECRET, TOKEN, Victim.TOKEN)
                        .ok(Victim.STATE)),
            Attempt.control("grpc mallory's token", TokenIT::asMallory),
            grpc("nothing", "no token"),
            grpc("empty", "an empty token", TOKEN, ""),
            grpc("capitals", "a header that HTTP/2 forbids", "Dapr-Api-Token", Victim.TOKEN),
            grpc("binary", "a token in binary metadata", TOKEN + "-bin", "dG9rZW4tb2YtdmljdGlt"),
            grpc("list", "two in a list", TOKEN, "token-of-mallory," + Victim.TOKEN),
            grpc("wrong first", "a wrong one first", TOKEN, "no", TOKEN, Victim.TOKEN),
            grpc("newline", "a newline in the value", TOKEN, "x\r\n" + TOKEN + ": token-of-victim"),
            grpc("NUL", "a NUL in the value", TOKEN, Victim.TOKEN + "\0"),
            grpc("blanks around", "blanks that HTTP/1 would take off", TOKEN, " " + Victim.TOKEN),
            grpc("pseudo header", "a pseudo header of that name", ":dapr-api-token", Victim.TOKEN),
            grpc("authorization", "a bearer token", "authorization", "Bearer " + Victim.TOKEN),
            Attempt.of("grpc own first", "two tokens", () -> asMallory(TOKEN, Victim.TOKEN)),
            Attempt.of(
                "grpc caller", "forged caller", () -> asMallory("dapr-caller-app-id", "victim")),
            Attempt.of(
                "grpc authority", "forged authority", () -> asMallory("dapr-authority", "victim")),
            Attempt.of(
                "grpc user agent", "forged agent", () -> asMallory("user-agent", "victim/1.0")),
            Attempt.of(
                "grpc reflection",
                "lists services without token",
                () ->
                    RawHttp2.grpc(
                            node.grpc(),
                            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                            Empty.getDefaultInstance())
                        .refused(16)),
            Attempt.of(
                "grpc health",
                "asks for a service's health without token",
                () ->
                    RawHttp2.grpc(
                            node.grpc(), "/grpc.health.v1.Health/Check", Empty.getDefaultInstance())
                        .refused(16)),
            Attempt.of(
                "grpc proxy",
                "a proxied call without token",
                () ->
                    RawHttp2.grpc(
                            node.grpc(),
                            "/some.Service/Method",
                            Empty.getDefaultInstance(),
                            "dapr-app-id",
                            "victim")
                        .refused(16))));
  }

  @TestFactory
  Stream<DynamicTest> onTheVictimsOwnPorts() {
    Tenant victim = node.victim().tenant();
    return Attempt.tests(
        node,
        List.of(
            Attempt.control("own port", () -> victim.ask(READ).ok(Victim.STATE)),
            Attempt.of(
                "own port, none",
                "the port alone is not enough where there is a token",
                () -> RawHttp.ask(victim.http(), READ).refused(401)),
            Attempt.of(
                "own port, another's",
                "Mallory's token on the victim's port",
                () -> RawHttp.ask(victim.http(), READ, OWN).refused(401)),
            Attempt.of(
                "own port, wrong first",
                "two tokens",
                () -> RawHttp.ask(victim.http(), READ, OWN, VICTIMS).refused(401)),
            Attempt.of(
                "own port, grpc",
                "Mallory's token over gRPC",
                () ->
                    RawHttp2.grpc(
                            victim.grpc(), GET_STATE, SECRET, TOKEN, AttackedNode.MALLORYS_TOKEN)
                        .refused(16)),
            Attempt.of(
                "victim's token elsewhere",
                "a stolen token does not work on Mallory's port, where it is not known",
                () -> RawHttp.ask(node.mallory().http(), READ, VICTIMS).refused(401))));
  }
}
