/* Eigenvectors of small symmetric matrices, many of them at a time. */
#ifndef PP_EFFECTS_SYMMETRIC_H
#define PP_EFFECTS_SYMMETRIC_H

/* Eigenvalues, ascending, of the lower triangle of A (n × n), which is replaced by its eigenvectors, one a
   column. `work` holds n doubles. 0 when the iteration does not end. Householder's reduction and the
   implicit QL iteration (Bowdler, Martin, Reinsch & Wilkinson 1968, Numerische Mathematik 11). Unlike
   LAPACK's it starts no threads of its own: those cost more than a matrix of order 30. */
int pp__symmetric_eigen(int n, double *A, double *values, double *work);

#endif
