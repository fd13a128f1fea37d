package io.jitney.loadtest.app;

import io.jitney.loadtest.plan.AppPlan;
import io.jitney.loadtest.plan.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The process: {@code PLAN}, a file. Says {@code ready} when all ports are open; stores become slow
 * with the first byte of its input, after all have opened them; it ends when its input does.
 *
 * <p>The apps answer {@code /echo} with what was sent, {@code /slow?ms=N} with it after a time,
 * {@code /huge?bytes=N} with so much; all else with 200 and nothing.
 */
public final class AppProcess {
  private static final int BACKLOG = 1024;

  private final Vertx vertx;
  private volatile boolean slow;

  private AppProcess(Vertx vertx) {
    this.vertx = vertx;
  }

  public static void run(String[] args) throws Exception {
    AppPlan plan = Json.read(Path.of(args[0]), AppPlan.class);
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    AppProcess apps = new AppProcess(vertx);
    apps.open(plan).toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    System.out.println(Json.text(Map.of("event", "ready")));
    while (System.in.read() >= 0) {
      apps.slow = true; // until nobody is there
    }
    System.exit(0);
  }

  private Future<?> open(AppPlan plan) {
    List<Future<?>> all = new ArrayList<>();
    for (int port : plan.ports()) {
      all.add(
          vertx
              .createHttpServer(new HttpServerOptions().setAcceptBacklog(BACKLOG))
              .requestHandler(this::answer)
              .listen(port, "127.0.0.1"));
    }
    for (int port : plan.deadPorts()) {
      all.add(
          vertx
              .createNetServer()
              .connectHandler(socket -> socket.handler(ignored -> {}))
              .listen(port, "127.0.0.1"));
    }
    for (AppPlan.Proxy proxy : plan.proxies()) {
      all.add(new DelayingProxy(vertx, proxy, () -> slow).open());
    }
    return Future.all(all);
  }

  private void answer(HttpServerRequest request) {
    String path = request.path();
    switch (path == null ? "" : path) {
      case "/slow" -> {
        request.resume();
        vertx.setTimer(Math.max(1, number(request, "ms")), t -> end(request, Buffer.buffer("{}")));
      }
      case "/huge" -> end(request, Buffer.buffer(new byte[number(request, "bytes")]));
      case "/echo" ->
          request
              .body()
              .onSuccess(body -> end(request, body))
              .onFailure(gone -> request.connection().close());
      default -> end(request, Buffer.buffer());
    }
  }

  private static int number(HttpServerRequest request, String name) {
    String text = request.getParam(name, "0");
    return text.matches("[0-9]{1,8}") ? Integer.parseInt(text) : 0;
  }

  private static void end(HttpServerRequest request, Buffer body) {
    if (!request.response().closed() && !request.response().ended()) {
      // A caller that has left is the caller's business.
      request.response().end(body).onFailure(gone -> request.connection().close());
    }
  }
}
