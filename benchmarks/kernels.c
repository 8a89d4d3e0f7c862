/* The two benchmark models as anybody would write them in C: a loop over draws, inside it a loop
 * over cycles, inside it the probabilities from their formulas, what people cost, and the moves.
 *
 * Parameters come as param[parameter * draws + draw]; results go to
 * out[(strategy * 3 + outcome) * draws + draw]: cost, QALYs and life years, discounted, with the
 * half-cycle correction. As in heco, a price that changes in a cycle is read on both its sides. */
#include <math.h>

#define MOST 1000 /* cycles */

/* Half of the discount factors at the cycle boundaries, made once. */
static void halves(int cycles, double length, double rate, double *half)
{
    for (int c = 0; c <= cycles; c++)
        half[c] = 0.5 * length * pow(1 + rate, -c * length);
}

void hiv(int draws, int cycles, double rate_cost, double rate_qaly, const double *param,
         double *out)
{
    double dc[MOST], dq[MOST];
    halves(cycles, 1.0, rate_cost, dc);
    halves(cycles, 1.0, rate_qaly, dq);
    for (int on = 0; on < 2; on++) {
        for (int n = 0; n < draws; n++) {
            double v[15];
            for (int i = 0; i < 15; i++)
                v[i] = param[(long)i * draws + n];
            double x[4] = {1, 0, 0, 0}, cost = 0, qaly = 0, life = 0;
            for (int c = 0; c < cycles; c++) {
                int treated = on && c < 2;
                double effect = treated ? v[6] : 1.0;
                double drug = v[10] + (treated ? v[11] : 0.0);
                double ab = v[0] * effect, ac = v[1] * effect, ad = v[2] * effect;
                double bc = v[3] * effect, bd = v[4] * effect, cd = v[5] * effect;
                double y[4];
                y[0] = x[0] * (1 - (ab + ac + ad));
                y[1] = x[0] * ab + x[1] * (1 - (bc + bd));
                y[2] = x[0] * ac + x[1] * bc + x[2] * (1 - cd);
                y[3] = x[0] * ad + x[1] * bd + x[2] * cd + x[3];
                for (int i = 0; i < 3; i++) {
                    double money = v[7 + i] + drug;
                    cost += (dc[c] * x[i] + dc[c + 1] * y[i]) * money;
                    qaly += (dq[c] * x[i] + dq[c + 1] * y[i]) * v[12 + i];
                    life += dq[c] * x[i] + dq[c + 1] * y[i];
                }
                for (int i = 0; i < 4; i++)
                    x[i] = y[i];
            }
            out[(long)(on * 3 + 0) * draws + n] = cost;
            out[(long)(on * 3 + 1) * draws + n] = qaly;
            out[(long)(on * 3 + 2) * draws + n] = life;
        }
    }
}

#define S 10

/* Parameters: S * (S - 1) rates by row, then S growths, S costs, S utilities. */
void dense(int draws, int cycles, double length, double rate_cost, double rate_qaly,
           const double *param, double *out)
{
    double dc[MOST], dq[MOST];
    halves(cycles, length, rate_cost, dc);
    halves(cycles, length, rate_qaly, dq);
    for (int n = 0; n < draws; n++) {
        double r[S][S], growth[S], money[S], utility[S];
        long k = 0;
        for (int i = 0; i < S; i++)
            for (int j = 0; j < S; j++)
                r[i][j] = i == j ? 0.0 : param[k++ * draws + n];
        for (int i = 0; i < S; i++)
            growth[i] = param[k++ * draws + n];
        for (int i = 0; i < S; i++)
            money[i] = param[k++ * draws + n];
        for (int i = 0; i < S; i++)
            utility[i] = param[k++ * draws + n];
        double x[S] = {1}, cost = 0, qaly = 0, life = 0;
        for (int c = 0; c < cycles; c++) {
            double time = c * length, y[S] = {0};
            for (int i = 0; i < S; i++) {
                double faster = exp(growth[i] * time), hazard[S], total = 0, left = 0;
                for (int j = 0; j < S; j++)
                    if (j != i) {
                        hazard[j] = r[i][j] * faster;
                        total += hazard[j];
                    }
                double share = total > 0 ? -expm1(-total * length) / total : length;
                for (int j = 0; j < S; j++)
                    if (j != i) {
                        double p = hazard[j] * share;
                        left += p;
                        y[j] += x[i] * p;
                    }
                y[i] += x[i] * (1 - left);
            }
            for (int i = 0; i < S; i++) {
                cost += (dc[c] * x[i] + dc[c + 1] * y[i]) * money[i];
                qaly += (dq[c] * x[i] + dq[c + 1] * y[i]) * utility[i];
                life += dq[c] * x[i] + dq[c + 1] * y[i];
            }
            for (int i = 0; i < S; i++)
                x[i] = y[i];
        }
        out[0 * (long)draws + n] = cost;
        out[1 * (long)draws + n] = qaly;
        out[2 * (long)draws + n] = life;
    }
}
