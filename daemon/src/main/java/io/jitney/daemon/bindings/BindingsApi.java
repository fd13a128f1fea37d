package io.jitney.daemon.bindings;

import io.jitney.components.bindings.BindingFailure;
import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.daemon.error.AdmissionErrors;
import io.jitney.daemon.error.BindingErrors;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resiliency.ComponentType;
import io.jitney.daemon.resiliency.Policy;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Reason;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides about calls of output bindings, in daprd's order: operation given, binding there,
 * operation known.
 */
public final class BindingsApi {
  /** What calls are made of outside may take long; callers have their own patience. */
  private static final long DEADLINE_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** The policy says first that its time is over; then the component ends what it is at. */
  private static final long LATER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final String BLOCK = "output_binding";
  private static final long RETRY_MILLIS = 1_000;

  /**
   * One call.
   *
   * @param traceparent of the call; null when tracing is off
   * @return never fails but for bugs: what went wrong is in the answer
   */
  Future<BindingAnswer> invoke(
      AppInstance instance, @Nullable String traceparent, String name, BindingRequest request) {
    long start = System.nanoTime();
    return call(instance, traceparent, name, request)
        .map(response -> new BindingAnswer(response, null))
        .recover(failure -> Future.succeededFuture(answer(instance, name, failure)))
        .onSuccess(
            answer ->
                instance
                    .metrics()
                    .component(
                        BLOCK,
                        name,
                        request.operation(),
                        answer.error() == null,
                        System.nanoTime() - start));
  }

  private static Future<BindingResponse> call(
      AppInstance instance, @Nullable String traceparent, String name, BindingRequest request) {
    OutputBinding binding = instance.components().outputBinding(name);
    if (request.operation().isEmpty()) {
      return Future.failedFuture(BindingErrors.operationMissing(name).exception());
    }
    if (binding == null) {
      return Future.failedFuture(BindingErrors.notFound(name).exception());
    }
    if (!binding.operations().contains(request.operation())) {
      return Future.failedFuture(
          BindingErrors.unsupported(
                  name, request.operation(), String.join(" ", binding.operations()))
              .exception());
    }
    Resiliency resiliency = instance.resiliency();
    Policy policy = resiliency.outbound(ComponentType.BINDING, name);
    try {
      return resiliency.run(
          policy,
          BindingsApi::code,
          () -> {
            long end = policy.deadlineNanos(System.nanoTime() + DEADLINE_NANOS) + LATER_NANOS;
            CallContext context =
                new CallContext(end, traceparent, instance.account().component(name));
            return attempt(instance, context, binding, request);
          });
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  /** What the tenant's own limits refused is not asked for again at once. */
  private static int code(Throwable failure) {
    return failure instanceof ComponentException.Overloaded ? Resiliency.NEVER : Resiliency.NO_CODE;
  }

  private static Future<BindingResponse> attempt(
      AppInstance instance, CallContext context, OutputBinding binding, BindingRequest request) {
    long start = System.nanoTime();
    return binding
        .invoke(context, request)
        .timeout(context.remainingMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> instance.account().usage().store(System.nanoTime() - start));
  }

  private static BindingAnswer answer(AppInstance instance, String name, Throwable failure) {
    return switch (failure) {
      case DaprException known -> BindingAnswer.failed(known.error());
      case BindingFailure failed ->
          new BindingAnswer(failed.response(), BindingErrors.invoke(name, text(failed)));
      case ComponentException.Overloaded busy -> BindingAnswer.failed(overloaded(instance, name));
      default -> BindingAnswer.failed(BindingErrors.invoke(name, text(failure)));
    };
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** The binding was not asked: too many of the tenant's calls wait for it. */
  private static DaprError overloaded(AppInstance instance, String name) {
    instance.refused(Reason.QUEUE_FULL);
    return AdmissionErrors.ofTenant(
        new Admission.Refused(
            Reason.QUEUE_FULL, "too many calls wait for binding " + name, RETRY_MILLIS),
        instance.tenant());
  }
}
