package io.jitney.loadtest.plan;

import io.jitney.loadtest.plan.WorkerPlan.ReceiverPlan;
import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import java.util.List;

/**
 * Numbered events, published until so many are acknowledged.
 *
 * @param streams who publishes, with a call of which only the size counts
 * @param count of all streams together
 * @param patienceSeconds without any event that is new, after which what is missing is lost
 */
public record DurabilityPlan(
    List<StreamPlan> streams, List<ReceiverPlan> receivers, int count, double patienceSeconds) {}
