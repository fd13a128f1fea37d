package io.jitney.components.bindings.http;

import static io.jitney.components.bindings.BindingCalls.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.bindings.BindingCalls;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpBindingIT {
  @TempDir Path folder;
  private final Vertx outside = Vertx.vertx();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private TestNode node;

  @BeforeEach
  void start() {
    node = new TestNode(folder);
  }

  @AfterEach
  void stop() {
    node.close();
    BindingCalls.await(outside.close());
  }

  private int serve(HttpServerOptions options) {
    HttpServer server = outside.createHttpServer(options.setHost("127.0.0.1").setPort(0));
    return BindingCalls.await(server.requestHandler(this::answer).listen()).actualPort();
  }

  private void answer(HttpServerRequest request) {
    seen.add(
        request.method()
            + " "
            + request.path()
            + " token="
            + request.getHeader("X-Token")
            + " authorization="
            + request.getHeader("Authorization"));
    switch (request.path()) {
      case "/endless" -> {
        request.response().setChunked(true);
        outside.setPeriodic(1, tick -> request.response().write("x".repeat(1000)));
      }
      case "/round" -> request.response().setStatusCode(302).putHeader("location", "/round").end();
      case "/away" ->
          request
              .response()
              .setStatusCode(307)
              .putHeader("location", "http://localhost:" + request.localAddress().port() + "/there")
              .end();
      case "/silent" -> {}
      default -> request.response().end("hello");
    }
  }

  private OutputBinding open(Map<String, String> metadata) {
    return BindingCalls.open(node, HttpBinding::open, "bindings.http", metadata);
  }

  private static BindingResponse get(OutputBinding binding, String path) {
    return call(binding, "get", "null", Map.of("path", path));
  }

  @Test
  void anAnswerWithoutEndIsCut() {
    int port = serve(new HttpServerOptions());
    OutputBinding binding =
        open(Map.of("url", "http://127.0.0.1:" + port, "maxResponseBodySize", "10Ki"));

    BindingResponse cut = get(binding, "endless");

    assertThat(cut.data()).isNotNull();
    assertThat(cut.data().length()).isEqualTo(10 * 1024);
    assertThat(String.valueOf(get(binding, "x").data())).isEqualTo("hello");
  }

  @Test
  void redirectsEndAndSecretsStayWithTheirHost() {
    int port = serve(new HttpServerOptions());
    OutputBinding binding =
        open(
            Map.of(
                "url",
                "http://me:pw@127.0.0.1:" + port,
                "securityToken",
                "tok",
                "securityTokenHeader",
                "X-Token"));

    assertThatThrownBy(() -> get(binding, "round"))
        .hasMessageEndingWith("stopped after 10 redirects")
        .hasMessageNotContaining("pw@");
    seen.clear();
    assertThat(String.valueOf(call(binding, "post", "1", Map.of("path", "away")).data()))
        .isEqualTo("hello");
    assertThat(seen)
        .containsExactly(
            "POST /away token=tok authorization=Basic bWU6cHc=",
            "POST /there token=null authorization=null");
  }

  @Test
  void aServerThatDoesNotAnswerIsLeft() {
    int port = serve(new HttpServerOptions());
    OutputBinding binding =
        open(Map.of("url", "http://127.0.0.1:" + port, "responseTimeout", "300ms"));
    long start = System.nanoTime();

    assertThatThrownBy(() -> get(binding, "silent"))
        .hasMessage("Get \"http://127.0.0.1:" + port + "/silent\": context deadline exceeded");
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void eachTlsIdentityIsItsOwn() throws Exception {
    certificate("server");
    certificate("client");
    int port =
        serve(
            new HttpServerOptions()
                .setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .addCertPath(folder.resolve("server.crt").toString())
                        .addKeyPath(folder.resolve("server.key").toString()))
                .setTrustOptions(
                    new PemTrustOptions().addCertPath(folder.resolve("client.crt").toString())));
    Map<String, String> known = new HashMap<>();
    known.put("url", "https://127.0.0.1:" + port);
    known.put("MTLSRootCA", folder.resolve("server.crt").toString());
    OutputBinding stranger = open(known);
    known.put("MTLSClientCert", Files.readString(folder.resolve("client.crt")));
    known.put("MTLSClientKey", Files.readString(folder.resolve("client.key")));
    OutputBinding client = open(known);
    OutputBinding distrustful = open(Map.of("url", "https://127.0.0.1:" + port));

    assertThat(String.valueOf(get(client, "x").data())).isEqualTo("hello");
    assertThatThrownBy(() -> get(stranger, "x")).hasMessageStartingWith("Get \"https://");
    assertThatThrownBy(() -> get(distrustful, "x")).hasMessageContaining("x509");
    assertThat(seen).hasSize(1);
    assertThat(node.pools().clientsByType()).containsEntry("http", 3);
  }

  private void certificate(String name) throws IOException, InterruptedException {
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                folder.resolve(name + ".key").toString(),
                "-out",
                folder.resolve(name + ".crt").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(openssl.waitFor()).isZero();
  }

  @Test
  void aKeyWithoutItsCertificateIsRefused() {
    assertThatThrownBy(() -> open(Map.of("url", "https://h", "MTLSClientKey", "-----BEGIN x")))
        .hasMessage("MTLSClientCert and MTLSClientKey must be given together");
  }
}
