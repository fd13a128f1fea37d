package io.jitney.daemon.adversary;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Where one request ends and the next begins: a request of the victim that others wrote a part of
 * (behind a gateway, say), with a second one hidden in it that carries no token.
 */
class FramingIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static final String HIDDEN = "GET /v1.0/state/store/secret HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String TOKEN = "dapr-api-token: " + Victim.TOKEN + "\r\n";
  private static final String POST = "POST /v1.0/state/store/bulk HTTP/1.1\r\nHost: x\r\n" + TOKEN;
  private static final String GET = "GET /v1.0/healthz HTTP/1.1\r\nHost: x\r\n" + TOKEN;

  /** Headers of the victim's request, with a body behind that holds the hidden one. */
  private static Map<String, String> heads() {
    Map<String, String> heads = new LinkedHashMap<>();
    heads.put("length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked");
    heads.put("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 5");
    heads.put("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity");
    heads.put("chunked, identity", "Transfer-Encoding: chunked, identity");
    heads.put("identity, chunked", "Transfer-Encoding: identity, chunked");
    heads.put("xchunked", "Transfer-Encoding: xchunked");
    heads.put("chunked in capitals", "TRANSFER-ENCODING: CHUNKED\r\nContent-Length: 5");
    heads.put("blank before the colon", "Transfer-Encoding : chunked\r\nContent-Length: 5");
    heads.put("tab in front", "Transfer-Encoding:\tchunked\r\nContent-Length: 5");
    heads.put("vertical tab", "Transfer-Encoding: \u000bchunked\r\nContent-Length: 5");
    heads.put("folded", "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5");
    heads.put("folded name", "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5");
    heads.put("quoted", "Transfer-Encoding: \"chunked\"\r\nContent-Length: 5");
    heads.put("underscore", "Transfer_Encoding: chunked\r\nContent-Length: 5");
    heads.put("two lengths", "Content-Length: 5\r\nContent-Length: 200");
    heads.put("equal lengths", "Content-Length: 5\r\nContent-Length: 5");
    heads.put("list of lengths", "Content-Length: 5, 5");
    heads.put("list of two lengths", "Content-Length: 5, 200");
    heads.put("signed length", "Content-Length: +5");
    heads.put("negative length", "Content-Length: -5");
    heads.put("hexadecimal length", "Content-Length: 0x5");
    heads.put("length of 65 bits", "Content-Length: 36893488147419103237");
    heads.put("length with a blank", "Content-Length: 5 0");
    heads.put("length with a dot", "Content-Length: 5.0");
    heads.put("empty length", "Content-Length:");
    heads.put("length nominated", "Content-Length: 5\r\nConnection: content-length");
    heads.put("length behind a NUL", "X: \0\r\nContent-Length: 5");
    heads.put("bare line end", "X: y\nContent-Length: 5");
    heads.put("bare return", "X: y\rContent-Length: 5");
    heads.put("no colon", "X\r\nContent-Length: 5");
    heads.put("expect", "Expect: 100-continue\r\nContent-Length: 5");
    heads.put("expect other", "Expect: 200-ok\r\nContent-Length: 5");
    heads.put(
        "upgrade with body", "Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5");
    heads.put("compressed", "Content-Encoding: gzip\r\nContent-Length: 5");
    return heads;
  }

  /** Bodies in chunks that do not end where they seem to. */
  private static Map<String, String> chunks() {
    Map<String, String> chunks = new LinkedHashMap<>();
    chunks.put("chunk with sign", "+5\r\nhello\r\n0\r\n\r\n");
    chunks.put("chunk with 0x", "0x5\r\nhello\r\n0\r\n\r\n");
    chunks.put("chunk with minus", "-5\r\nhello\r\n0\r\n\r\n");
    chunks.put("chunk of 65 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n");
    chunks.put("chunk with a blank", "5 \r\nhello\r\n0\r\n\r\n");
    chunks.put("chunk with an inner blank", "5 0\r\nhello\r\n0\r\n\r\n");
    chunks.put("chunk with NUL", "5\0\r\nhello\r\n0\r\n\r\n");
    chunks.put("chunk with extension", "5;a=b\r\nhello\r\n0\r\n\r\n");
    chunks.put("line end in the extension", "5;a=\nb\r\nhello\r\n0\r\n\r\n");
    chunks.put("quoted line end in the extension", "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n");
    chunks.put("line ends without return", "5\nhello\n0\n\n");
    chunks.put("no line end behind a chunk", "5\r\nhello0\r\n\r\n");
    chunks.put("other bytes behind a chunk", "5\r\nhelloXX0\r\n\r\n");
    chunks.put("empty size", "\r\nhello\r\n0\r\n\r\n");
    chunks.put("many zeros", "0000000000\r\n\r\n");
    chunks.put("trailers", "0\r\ndapr-api-token: x\r\n\r\n");
    chunks.put("no last line end", "0\r\n");
    return chunks;
  }

  private static Attempt hidden(String name, String bytes) {
    return Attempt.of(
        name,
        "a second request behind a doubtful end of the first",
        () -> {
          RawHttp.exchange(node.http(), bytes).withoutSecrets();
          RawHttp.exchange(node.victim().tenant().http(), bytes).withoutSecrets();
        });
  }

  private static String closing(String head) {
    return head + "\r\n\r\n" + HIDDEN + RawHttp.head("GET /v1.0/healthz");
  }

  @TestFactory
  Stream<DynamicTest> requestsInRequests() {
    List<Attempt> all = new ArrayList<>();
    all.add(
        Attempt.control(
            "a body in chunks",
            () ->
                RawHttp.exchange(
                        node.http(),
                        POST
                            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                            + "5\r\n{\"key\r\nf\r\ns\":[\"secret\"]} \r\n0\r\n\r\n")
                    .ok(Victim.STATE)));
    heads().forEach((name, head) -> all.add(hidden(name, closing(POST + head))));
    heads().forEach((name, head) -> all.add(hidden("GET, " + name, closing(GET + head))));
    chunks()
        .forEach(
            (name, body) ->
                all.add(
                    hidden(
                        name,
                        POST
                            + "Transfer-Encoding: chunked\r\n\r\n"
                            + body
                            + HIDDEN
                            + RawHttp.head("GET /v1.0/healthz"))));
    return Attempt.tests(node, all);
  }

  private static Attempt line(String name, String bytes) {
    return Attempt.of(
        "line, " + name,
        "a request line that only some understand",
        () ->
            RawHttp.exchange(node.http(), bytes).refused(400, 401, 404, 405, 501, 505, Reply.NONE));
  }

  @TestFactory
  Stream<DynamicTest> requestLines() {
    String path = "/v1.0/state/store/secret";
    String rest = "\r\nHost: x\r\nConnection: close\r\n\r\n";
    return Attempt.tests(
        node,
        List.of(
            line("HTTP/0.9", "GET " + path + "\r\n\r\n"),
            line("HTTP/1.0", "GET " + path + " HTTP/1.0\r\n\r\n"),
            line("HTTP/1.2", "GET " + path + " HTTP/1.2" + rest),
            line("HTTP/3.0", "GET " + path + " HTTP/3.0" + rest),
            line("small letters", "GET " + path + " http/1.1" + rest),
            line("two blanks", "GET  " + path + " HTTP/1.1" + rest),
            line("tab", "GET\t" + path + "\tHTTP/1.1" + rest),
            line("empty lines first", "\r\n\r\n\r\nGET " + path + " HTTP/1.1" + rest),
            line("blank first", " GET " + path + " HTTP/1.1" + rest),
            line("token as method", "dapr-api-token: " + Victim.TOKEN + " HTTP/1.1" + rest),
            line("two hosts", "GET " + path + " HTTP/1.1\r\nHost: victim\r\nHost: x" + rest),
            line("no host", "GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n"),
            line("victim as host", "GET " + path + " HTTP/1.1\r\nHost: victim:3500" + rest),
            line("absolute", "GET http://victim" + path + " HTTP/1.1" + rest),
            line("authority", "CONNECT victim:3500 HTTP/1.1" + rest),
            line("star", "OPTIONS * HTTP/1.1" + rest),
            line("trace", "TRACE " + path + " HTTP/1.1" + rest),
            line("preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN),
            line("no slash", "GET v1.0/state/store/secret HTTP/1.1" + rest),
            line("backslash", "GET \\v1.0\\state\\store\\secret HTTP/1.1" + rest),
            line(
                "fragment",
                "GET /v1.0/healthz#/../state/store/secret HTTP/1.1\r\nX: y"
                    + rest.replace("healthz", "x")),
            line("health and dots", "GET /v1.0/healthz/../state/store/secret HTTP/1.1" + rest),
            line("health below", "GET /v1.0/healthz/secret HTTP/1.1" + rest),
            line(
                "health escaped",
                "GET /v1.0/healthz%2f..%2fstate%2fstore%2fsecret HTTP/1.1" + rest),
            line("health by header", "GET /v1.0/healthz/x HTTP/1.1\r\ndapr-app-id: victim" + rest),
            line("health with POST", "POST /v1.0/healthz HTTP/1.1\r\ndapr-app-id: victim" + rest)));
  }

  @TestFactory
  Stream<DynamicTest> upgrades() {
    String upgrade =
        "GET /v1.0/state/store/secret HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    String own = "dapr-api-token: " + AttackedNode.MALLORYS_TOKEN + "\r\n";
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "upgrade",
                () -> {
                  try (RawHttp2 connection = new RawHttp2(node.http(), upgrade + TOKEN + "\r\n")) {
                    connection.reply(1).ok(Victim.STATE);
                  }
                }),
            Attempt.of(
                "upgraded by the victim, used without token",
                "a stream on a connection that the victim's token upgraded",
                () -> {
                  try (RawHttp2 connection = new RawHttp2(node.http(), upgrade + TOKEN + "\r\n")) {
                    connection.reply(1);
                    connection.reply(stream(connection, "x")).refused(401);
                    connection.reply(stream(connection, AttackedNode.MALLORYS_TOKEN)).refused(204);
                  }
                }),
            Attempt.of(
                "upgraded without token",
                "the request that upgrades carries no token",
                () -> {
                  try (RawHttp2 connection = new RawHttp2(node.http(), upgrade + "\r\n")) {
                    connection.reply(1).refused(401);
                  }
                }),
            Attempt.of(
                "upgraded by Mallory",
                "the victim's port, Mallory's token",
                () -> {
                  int port = node.victim().tenant().http();
                  try (RawHttp2 connection = new RawHttp2(port, upgrade + own + "\r\n")) {
                    connection.reply(1).refused(401);
                  }
                })));
  }

  private static int stream(RawHttp2 connection, String token) throws Exception {
    return connection.open(
        true,
        ":method",
        "GET",
        ":scheme",
        "http",
        ":path",
        "/v1.0/state/store/secret",
        ":authority",
        "x",
        "dapr-api-token",
        token);
  }
}
