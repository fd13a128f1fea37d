package io.jitney.daemon.absent;

import com.google.protobuf.Empty;
import io.dapr.v1.DaprAiProtos.ConversationRequest;
import io.dapr.v1.DaprAiProtos.ConversationRequestAlpha2;
import io.jitney.daemon.error.AbsentErrors;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.grpc.GrpcCall;
import io.jitney.daemon.grpc.GrpcMethod;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * gRPC methods of the blocks that are not served yet. Without them a call would be taken for one to
 * be proxied, and the answer would speak of a missing app id.
 */
public final class AbsentGrpc {
  private final List<GrpcMethod> methods = new ArrayList<>();

  public AbsentGrpc() {
    all(
        "configuration",
        call -> AbsentErrors.configurationNotConfigured(),
        "GetConfiguration",
        "SubscribeConfiguration");
    all("lock.v1alpha1", call -> AbsentErrors.lockNotConfigured(), "TryLockAlpha1");
    all("unlock.v1alpha1", call -> AbsentErrors.lockNotConfigured(), "UnlockAlpha1");
    all(
        "crypto.v1alpha1",
        call -> AbsentErrors.cryptoNotConfigured(),
        "EncryptAlpha1",
        "DecryptAlpha1");
    all(
        "subtlecrypto.v1alpha1",
        call -> AbsentErrors.unimplemented(),
        "SubtleGetKeyAlpha1",
        "SubtleEncryptAlpha1",
        "SubtleDecryptAlpha1",
        "SubtleWrapKeyAlpha1",
        "SubtleUnwrapKeyAlpha1",
        "SubtleSignAlpha1",
        "SubtleVerifyAlpha1");
    all(
        "actors.v1",
        call -> AbsentErrors.noPlacement(),
        "RegisterActorTimer",
        "UnregisterActorTimer",
        "RegisterActorReminder",
        "UnregisterActorReminder",
        "UnregisterActorRemindersByType",
        "GetActorReminder",
        "ListActorReminders",
        "GetActorState",
        "ExecuteActorStateTransaction",
        "InvokeActor");
    for (String version : List.of("Beta1", "Alpha1")) {
      for (String verb :
          List.of("Start", "Get", "Purge", "Terminate", "Pause", "Resume", "RaiseEvent")) {
        all(
            "workflows.v1" + version.toLowerCase(java.util.Locale.ROOT),
            call -> AbsentErrors.noPlacement(),
            verb + "Workflow" + version);
      }
    }
    conversation();
    job("schedule", "ScheduleJob");
    job("get", "GetJob");
    job("delete", "DeleteJob");
    job("delete", "DeleteJobsByPrefix");
    job("list", "ListJobs");
  }

  public List<GrpcMethod> methods() {
    return List.copyOf(methods);
  }

  @SuppressWarnings("deprecation") // the first version of the API is still served
  private void conversation() {
    add(
        GrpcMethod.dapr(
            "ConverseAlpha1",
            "conversation.v1alpha1",
            ConversationRequest.parser(),
            (call, request) -> missing(AbsentErrors.conversationNotFound(request.getName()))));
    add(
        GrpcMethod.dapr(
            "ConverseAlpha2",
            "conversation.v1alpha2",
            ConversationRequestAlpha2.parser(),
            (call, request) -> missing(AbsentErrors.conversationNotFound(request.getName()))));
  }

  private static Future<Empty> missing(DaprError error) {
    return Future.failedFuture(error.exception());
  }

  private void add(GrpcMethod method) {
    methods.add(method);
  }

  private void all(String access, Function<GrpcCall, DaprError> error, String... names) {
    for (String name : names) {
      if (access.equals("configuration")) {
        add(name, "configuration.v1", error);
        add(name + "Alpha1", "configuration.v1alpha1", error);
      } else {
        add(name, access, error);
      }
    }
  }

  private void job(String verb, String name) {
    Function<GrpcCall, DaprError> disabled =
        call ->
            AbsentErrors.schedulerDisabled(
                verb, call.instance().appId(), call.instance().settings().identityNamespace());
    add(name, "jobs.v1", disabled);
    add(name + "Alpha1", "jobs.v1alpha1", disabled);
  }

  private void add(String name, String access, Function<GrpcCall, DaprError> error) {
    methods.add(
        new GrpcMethod.Streaming(
            "dapr.proto.runtime.v1.Dapr/" + name, access, call -> call.fail(error.apply(call))));
  }
}
