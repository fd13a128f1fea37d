package io.jitney.components.bindings;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.Component;
import io.jitney.components.spi.ComponentException;
import io.vertx.core.Future;
import java.util.List;

/** Something outside that the app can call. Failures are {@link ComponentException}s. */
public interface OutputBinding extends Component {
  /** Operations it knows, in the order daprd lists them in its error. */
  List<String> operations();

  /**
   * Does one operation; {@link BindingRequest#operation} is one of {@link #operations}.
   *
   * @return the answer; fails with {@link BindingFailure} where an answer goes with the failure
   */
  Future<BindingResponse> invoke(CallContext context, BindingRequest request);
}
