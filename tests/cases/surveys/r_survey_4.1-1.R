# How the rows of r_survey_4.1-1.csv were computed. Rscript r_survey_4.1-1.R FOLDER, where apistrat.csv and the rest lie.
library(survey)
folder <- commandArgs(TRUE)[1]
data <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = data("apistrat"))
one <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = data("apiclus1"))
plain <- svydesign(id = ~dnum, weights = ~pw, data = data("apiclus1"))
two <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, weights = ~pw, data = data("apiclus2"))
health <- function(rows) svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = rows)
all <- health(data("nhanes"))

for (p in c(.1, .25, .5, .75, .9)) {
  print(svyquantile(~api00, strat, p, interval.type = "mean"))
  print(svyquantile(~enroll, one, p, interval.type = "mean"))
  print(svyquantile(~api00, two, p, interval.type = "mean"))
  print(svyquantile(~HI_CHOL, all, p, na.rm = TRUE, interval.type = "mean"))
}
print(svymean(~enroll, two, na.rm = TRUE))
print(svytotal(~enroll, two, na.rm = TRUE))
print(svyby(~api00, ~stype, two, svymean))
for (type in c("E", "H", "M")) print(degf(subset(two, stype == type)))
print(svyratio(~api.stu, ~enroll, two, na.rm = TRUE))
for (some in list(all, subset(all, RIAGENDR == 1), subset(all, RIAGENDR == 2))) {
  print(svyciprop(~I(HI_CHOL == 1), some, method = "logit", na.rm = TRUE))
}
lonely <- subset(data("nhanes"), !(SDMVSTRA == 83 & SDMVPSU == 2))
for (policy in c("certainty", "adjust", "average")) {
  options(survey.lonely.psu = policy)
  print(svymean(~HI_CHOL, health(lonely), na.rm = TRUE))
  print(svyby(~HI_CHOL, ~RIAGENDR, health(lonely), svymean, na.rm = TRUE))
  print(svytotal(~HI_CHOL, health(lonely), na.rm = TRUE))
}
options(survey.lonely.psu = "fail")
print(svymean(~api00, as.svrepdesign(plain, type = "JK1")))
print(svymean(~api00, as.svrepdesign(one, type = "JK1")))
print(svymean(~api00, as.svrepdesign(strat, type = "JKn")))
print(svytotal(~enroll, as.svrepdesign(strat, type = "JKn")))
answered <- subset(all, !is.na(HI_CHOL))
print(svycontrast(svyby(~HI_CHOL, ~RIAGENDR, answered, svymean, covmat = TRUE), quote(`2` / `1`)))
print(svycontrast(svyby(~HI_CHOL, ~RIAGENDR, answered, svytotal, covmat = TRUE), c(-1, 1)))
ratios <- svyby(~api.stu, denominator = ~enroll, ~stype, one, svyratio, covmat = TRUE)
print(ratios)
print(svycontrast(ratios, c(1, -1, 0)))
