package io.jitney.daemon.wake;

import io.jitney.tenancy.TenantId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Sends the request that wakes an app. What comes of it never quotes URL or headers. */
final class WakeRequest {
  private final Vertx vertx;

  WakeRequest(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Sends it and waits for the answer's head. Blocks, for a virtual thread.
   *
   * @param environment the daemon's: headers may be read from there
   */
  void run(WakeRule.Request request, Map<String, String> environment, TenantId app, String why)
      throws WakeCommand.Failed, InterruptedException {
    Map<String, String> headers = new HashMap<>();
    HttpClientOptions options =
        new HttpClientOptions().setConnectTimeout(request.timeoutSeconds() * 1000);
    try {
      for (Map.Entry<String, SecretText> header : request.headers().entrySet()) {
        headers.put(header.getKey(), header.getValue().read(environment));
      }
      if (request.caFile() != null) {
        options.setTrustOptions(
            new PemTrustOptions()
                .addCertValue(Buffer.buffer(Files.readAllBytes(request.caFile()))));
      }
    } catch (IOException unreadable) {
      throw new WakeCommand.Failed(String.valueOf(unreadable.getMessage()));
    }
    Buffer body =
        new JsonObject()
            .put("appId", app.appId())
            .put("namespace", app.namespace())
            .put("reason", why)
            .toBuffer();
    HttpClient client = vertx.createHttpClient(options);
    int status;
    try {
      status =
          send(client, request, headers, body)
              .timeout(request.timeoutSeconds(), TimeUnit.SECONDS)
              .toCompletionStage()
              .toCompletableFuture()
              .get();
    } catch (ExecutionException failure) {
      throw new WakeCommand.Failed("the request failed: " + reason(failure));
    } catch (IllegalArgumentException malformed) {
      throw new WakeCommand.Failed("the request cannot be sent: its URL is not one");
    } finally {
      client.close().onFailure(ignored -> {}); // nothing more is expected of it
    }
    if (status / 100 != 2) {
      throw new WakeCommand.Failed("the request was answered with status " + status);
    }
  }

  private static Future<Integer> send(
      HttpClient client, WakeRule.Request request, Map<String, String> headers, Buffer body) {
    HttpMethod method = HttpMethod.valueOf(request.method());
    boolean bodiless = method == HttpMethod.GET || method == HttpMethod.HEAD;
    RequestOptions target = new RequestOptions().setAbsoluteURI(request.url()).setMethod(method);
    if (!bodiless) {
      target.putHeader("content-type", "application/json");
    }
    headers.forEach(target::putHeader);
    return client
        .request(target)
        .compose(sent -> bodiless ? sent.send() : sent.send(body))
        .map(answer -> answer.statusCode());
  }

  private static String reason(ExecutionException failure) {
    return switch (failure.getCause()) {
      case null -> "no reason";
      case java.util.concurrent.TimeoutException late -> "no answer in time";
      case java.net.UnknownHostException host -> "no such host";
      case javax.net.ssl.SSLException tls -> "TLS: " + tls.getMessage();
      case java.net.ConnectException refused -> "no connection";
      case Throwable other -> other.getClass().getSimpleName();
    };
  }
}
