package io.jitney.daemon.absent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jitney.daemon.error.AbsentErrors;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.DaprErrors;
import io.jitney.daemon.http.HttpCall;
import io.jitney.daemon.http.HttpRoute;
import io.jitney.daemon.http.UniversalBody;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** HTTP routes of the blocks that are not served yet. */
public final class AbsentHttp {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<HttpMethod> ACTOR_CALL =
      Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE);

  private final List<HttpRoute> routes = new ArrayList<>();

  public AbsentHttp() {
    configuration();
    lockAndCrypto();
    conversation();
    actors();
    workflows();
    jobs();
  }

  public List<HttpRoute> routes() {
    return List.copyOf(routes);
  }

  private void add(
      Set<HttpMethod> methods,
      String version,
      String path,
      String group,
      String name,
      HttpRoute.Handler handler) {
    routes.add(HttpRoute.of(methods, version, path, group, name, handler));
  }

  private static HttpRoute.Handler fail(Function<HttpCall, DaprError> error) {
    return call -> Future.failedFuture(error.apply(call).exception());
  }

  /** For endpoints that read their body first, whatever comes of it. */
  private static HttpRoute.Handler failAfterBody(Function<HttpCall, DaprError> error) {
    return call ->
        UniversalBody.read(call)
            .compose(body -> Future.failedFuture(error.apply(call).exception()));
  }

  private void configuration() {
    HttpRoute.Handler none = fail(call -> AbsentErrors.configurationNotConfigured());
    for (String version : List.of("v1.0", "v1.0-alpha1")) {
      add(
          HttpRoute.GET,
          version,
          "configuration/{store}",
          "configuration",
          "GetConfiguration",
          none);
      add(
          HttpRoute.GET,
          version,
          "configuration/{store}/subscribe",
          "configuration",
          "SubscribeConfiguration",
          none);
      add(
          HttpRoute.GET,
          version,
          "configuration/{store}/{id}/unsubscribe",
          "configuration",
          "UnsubscribeConfiguration",
          none);
    }
  }

  private void lockAndCrypto() {
    HttpRoute.Handler noLock = failAfterBody(call -> AbsentErrors.lockNotConfigured());
    add(HttpRoute.POST, "v1.0-alpha1", "lock/{store}", "lock", "TryLock", noLock);
    add(HttpRoute.POST, "v1.0-alpha1", "unlock/{store}", "unlock", "Unlock", noLock);
    HttpRoute.Handler noCrypto = fail(call -> AbsentErrors.cryptoNotConfigured());
    add(HttpRoute.PUT, "v1.0-alpha1", "crypto/{name}/encrypt", "crypto", "Encrypt", noCrypto);
    add(HttpRoute.PUT, "v1.0-alpha1", "crypto/{name}/decrypt", "crypto", "Decrypt", noCrypto);
    HttpRoute.Handler unimplemented = failAfterBody(call -> AbsentErrors.unimplemented());
    for (String operation :
        List.of("getkey", "encrypt", "decrypt", "wrapkey", "unwrapkey", "sign", "verify")) {
      add(
          HttpRoute.POST,
          "v1.0-alpha1",
          "subtlecrypto/{name}/" + operation,
          "subtlecrypto",
          "Subtle" + operation,
          unimplemented);
    }
  }

  private void conversation() {
    HttpRoute.Handler none =
        failAfterBody(call -> AbsentErrors.conversationNotFound(call.parameter("name")));
    add(
        HttpRoute.POST,
        "v1.0-alpha1",
        "conversation/{name}/converse",
        "conversation",
        "Converse",
        none);
    add(
        HttpRoute.POST,
        "v1.0-alpha2",
        "conversation/{name}/converse",
        "conversation",
        "ConverseAlpha2",
        none);
  }

  private void actors() {
    HttpRoute.Handler none = fail(call -> AbsentErrors.noPlacement());
    String actor = "actors/{type}/{id}/";
    add(ACTOR_CALL, "v1.0", actor + "method/{method}", "actors", "InvokeActor", none);
    add(
        HttpRoute.POST_PUT,
        "v1.0",
        actor + "state",
        "actors",
        "ExecuteActorStateTransaction",
        none);
    add(HttpRoute.GET, "v1.0", actor + "state/{key}", "actors", "GetActorState", none);
    add(
        HttpRoute.POST_PUT,
        "v1.0",
        actor + "reminders/{name}",
        "actors",
        "RegisterActorReminder",
        none);
    add(HttpRoute.GET, "v1.0", actor + "reminders/{name}", "actors", "GetActorReminder", none);
    add(
        HttpRoute.DELETE,
        "v1.0",
        actor + "reminders/{name}",
        "actors",
        "UnregisterActorReminder",
        none);
    add(HttpRoute.POST_PUT, "v1.0", actor + "timers/{name}", "actors", "RegisterActorTimer", none);
    add(HttpRoute.DELETE, "v1.0", actor + "timers/{name}", "actors", "UnregisterActorTimer", none);
  }

  private void workflows() {
    HttpRoute.Handler none = failAfterBody(call -> AbsentErrors.noPlacement());
    HttpRoute.Handler start = fail(call -> AbsentErrors.noPlacement());
    for (String version : List.of("v1.0", "v1.0-beta1", "v1.0-alpha1")) {
      add(HttpRoute.GET, version, "workflows/{component}/{id}", "workflows", "GetWorkflow", none);
      add(
          HttpRoute.POST,
          version,
          "workflows/{component}/{name}/start",
          "workflows",
          "StartWorkflow",
          start);
      add(
          HttpRoute.POST,
          version,
          "workflows/{component}/{id}/raiseEvent/{event}",
          "workflows",
          "RaiseEventWorkflow",
          start);
      for (String verb : List.of("pause", "resume", "terminate", "purge")) {
        add(
            HttpRoute.POST,
            version,
            "workflows/{component}/{id}/" + verb,
            "workflows",
            verb + "Workflow",
            none);
      }
    }
  }

  private void jobs() {
    for (String version : List.of("v1.0", "v1.0-alpha1")) {
      add(HttpRoute.POST, version, "jobs/{name}", "jobs", "ScheduleJob", AbsentHttp::scheduleJob);
      add(
          HttpRoute.GET,
          version,
          "jobs/{name}",
          "jobs",
          "GetJob",
          fail(call -> disabled("get", call)));
      add(
          HttpRoute.DELETE,
          version,
          "jobs/{name}",
          "jobs",
          "DeleteJob",
          fail(call -> disabled("delete", call)));
    }
  }

  private static DaprError disabled(String verb, HttpCall call) {
    return AbsentErrors.schedulerDisabled(
        verb, call.instance().appId(), call.instance().settings().identityNamespace());
  }

  private static Future<Void> scheduleJob(HttpCall call) {
    return UniversalBody.read(call)
        .compose(
            body -> {
              try {
                JsonNode job =
                    body.length() == 0 ? JSON.createObjectNode() : JSON.readTree(body.getBytes());
                boolean empty =
                    job.path("schedule").asText("").isEmpty()
                        && job.path("dueTime").asText("").isEmpty()
                        && job.path("due_time").asText("").isEmpty();
                return Future.failedFuture(
                    (empty
                            ? AbsentErrors.scheduleEmpty(
                                call.instance().appId(),
                                call.instance().settings().identityNamespace())
                            : disabled("schedule", call))
                        .exception());
              } catch (IOException broken) {
                return Future.failedFuture(DaprErrors.malformedBody("invalid JSON").exception());
              }
            });
  }
}
