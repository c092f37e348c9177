/**
 * Curio: active and transfer learning for image classification.
 *
 * What a notebook imports from `"curio"`, room by room.
 *
 * @module
 */

// runtime
export { type Backend, backend, BackendError, tf } from "./runtime/tensorflow.ts";
export { CannotCompileError } from "./runtime/engine/cannot_compile_error.ts";
export { computesInBfloat16 } from "./runtime/computes_in_bfloat16.ts";
export { type EngineSupport, engineSupport } from "./runtime/engine/c_api.ts";
export type {
  GraphBatch,
  GraphEngine,
  GraphEngineOptions,
  GraphForwardOptions,
} from "./runtime/engine/engine_types.ts";
export { graphEngine } from "./runtime/engine/graph_engine.ts";
export { gatherRows, type Matrix, matrix, rowOf } from "./runtime/matrix.ts";
export { blocksOf, readAll, type RowReader } from "./runtime/row_reader.ts";
export { profile, type ProfileName, profileName } from "./runtime/profile.ts";
export {
  type ProcessPoolOptions,
  runInProcesses,
  type TaskOutcome,
  WorkerError,
  workersThatFit,
} from "./runtime/process_pool.ts";
export { serveTasks, type TaskServer } from "./runtime/process_pool_worker.ts";
export type { ProgressEvent, ProgressListener } from "./runtime/progress.ts";
export { runSeed } from "./runtime/run_seed.ts";
export { Random, type RandomState } from "./runtime/random.ts";

// data
export type { Dataset, ImageShape, ImageSource, TrainAndTest } from "./data/dataset.ts";
export { loadDataset, type LoadDatasetOptions } from "./data/load_dataset.ts";
export { catalogue, type CatalogueEntry, catalogueEntry } from "./data/catalogue.ts";
export { photoCatalogue, type PhotoSet } from "./data/photo_catalogue.ts";
export { dataFolders } from "./data/data_folders.ts";
export { DataFormatError, type DataFormatFault } from "./data/data_format_error.ts";
export { download, type DownloadOptions } from "./data/download/download.ts";
export { DownloadError, type FailedAddress, type WantedFile } from "./data/download/download_error.ts";
export { type FileContent, readContent } from "./data/read_content.ts";
export { idxDataset, type IdxDatasetOptions } from "./data/idx_dataset.ts";
export { cifarDataset, type CifarDatasetOptions } from "./data/cifar_dataset.ts";
export { memoryImages } from "./data/memory_images.ts";
export {
  type Duplicate,
  findDuplicates,
  type FindDuplicatesOptions,
  type ImagePlace,
  leakage,
} from "./data/photos/find_duplicates.ts";
export {
  type FolderDataset,
  type ImageFolder,
  imageFolder,
  type ImageFolderOptions,
} from "./data/photos/image_folder.ts";
export {
  type ClassFacts,
  type DuplicatePhotos,
  inspectPhotos,
  type PhotoFacts,
  type PhotoInspection,
} from "./data/photos/inspect_photos.ts";
export { loadPhotos, type LoadPhotosOptions, type Photos } from "./data/photos/load_photos.ts";
export type { UnreadablePhoto } from "./data/photos/read_photo.ts";
export type { Interpolation, ResizeOptions, ResizePlan } from "./data/photos/resize_options.ts";
export { resized } from "./data/resized.ts";
export { subset } from "./data/subset.ts";
export { classCounts } from "./data/class_counts.ts";
export { contentHashes } from "./data/content_hashes.ts";
export { imageTensor } from "./data/image_tensor.ts";
export { channelStatistics, type ChannelStatisticsOptions, type Normalization } from "./data/channel_statistics.ts";
export { type PartSize, type Split, stratifiedSplit, type StratifiedSplitOptions } from "./data/stratified_split.ts";
export { initialSet, type InitialSetOptions } from "./data/initial_set.ts";
export { kFolds, type KFoldsOptions } from "./data/k_folds.ts";
export { type Augmentation, augmentBatch, type AugmentBatchOptions } from "./data/augment_batch.ts";

// training
export { CheckpointError } from "./training/checkpoint.ts";
export { DivergenceError, type DivergencePlace } from "./training/divergence_error.ts";
export type { EpochRecord, History } from "./training/history.ts";
export { evaluate, type EvaluateOptions, type Predictor } from "./training/evaluate.ts";
export type { AverageMetrics, ClassMetrics, Evaluation, ReliabilityBin } from "./training/evaluation.ts";
export { evaluationOf, type EvaluationOptions, type Predictions } from "./training/evaluation_of.ts";
export { fit } from "./training/fit.ts";
export type { CheckpointOptions, EarlyStopping, FitOptions } from "./training/fit_options.ts";
export type { OptimizerName, OptimizerOptions } from "./training/optimizers.ts";
export type { PredictOptions } from "./training/run_forward.ts";
export {
  constantRate,
  cosineDecay,
  type CosineDecayOptions,
  exponentialDecay,
  type ExponentialDecayOptions,
  oneCycle,
  type OneCycleOptions,
  type Schedule,
  stepDecay,
  type StepDecayOptions,
  warmUp,
  type WarmUpOptions,
} from "./training/schedules.ts";
export { encodeSafetensors, type Safetensors } from "./training/safetensors.ts";
export {
  type Evaluate,
  type Halving,
  type KeptSearch,
  search,
  type SearchOptions,
  type SearchResult,
  type SearchWorkers,
  type Trial,
  type TrialRequest,
} from "./training/search.ts";
export {
  type Configuration,
  type Grid,
  gridConfigurations,
  type NumberRange,
  randomConfigurations,
  type SearchSpace,
} from "./training/search_space.ts";
export { SeededDropout, type SeededDropoutOptions } from "./training/seeded_dropout.ts";
export { softmaxRows } from "./training/softmax_rows.ts";
export type { Trainable } from "./training/trainable.ts";
export { wilsonInterval } from "./training/wilson_interval.ts";

// models
export { chooseC, type ChooseCOptions, type ChosenC, type CScore, type LabelledEmbeddings } from "./models/choose_c.ts";
export type { EmbeddingClassifier } from "./models/embedding_classifier.ts";
export { type CachedEmbeddings, embeddings, type EmbeddingsOptions } from "./models/embeddings.ts";
export type { LinearClassifier } from "./models/linear_classifier.ts";
export { setHead } from "./models/set_head.ts";
export { kNearestNeighbours, type KNearestNeighboursOptions } from "./models/k_nearest_neighbours.ts";
export { nearestCentroid } from "./models/nearest_centroid.ts";
export { type LinearProbe, linearProbe, type LinearProbeOptions, loadProbe, saveProbe } from "./models/linear_probe.ts";
export {
  type LogisticFit,
  type LogisticOptions,
  logisticRegression,
  type LogisticRegressionOptions,
} from "./models/logistic_regression.ts";
export {
  type Architecture,
  type ArchitectureOptions,
  normalizationFor,
  type Preprocessing,
  type Stage,
  stageOf,
} from "./models/architecture.ts";
export { architectureOf, architectures, stagesOf } from "./models/architectures.ts";
export {
  cifarResnet,
  cifarResnetArchitecture,
  type CifarResnetOptions,
  type CifarShortcut,
} from "./models/cifar_resnet.ts";
export { checkTransferTarget, type Pretraining } from "./models/check_transfer_target.ts";
export type { Classifier } from "./models/classifier.ts";
export { cnn, cnnFeatureLayer, type CnnOptions } from "./models/cnn.ts";
export { efficientNetLite0 } from "./models/efficientnet_lite0.ts";
export { fineTune, type FineTuneOptions } from "./models/fine_tune.ts";
export { freeze, type FreezeOptions } from "./models/freeze.ts";
export { kerasResnet50 } from "./models/keras_resnet50.ts";
export { kerasVgg16, type KerasVgg16Options } from "./models/keras_vgg16.ts";
export {
  type BackboneInfo,
  backboneInfo,
  backbones,
  loadBackbone,
  type LoadBackboneOptions,
} from "./models/load_backbone.ts";
export { findBackbones, type FindBackbonesOptions, type FoundBackbones } from "./models/find_backbones.ts";
export { type LayerSummary, modelSummary } from "./models/model_summary.ts";
export { loadClassifier, NetworkClassifier, type NetworkClassifierOptions } from "./models/network_classifier.ts";
export { imageNetClasses } from "./models/weights/imagenet_classes.ts";
export { loadPretrained, type LoadPretrainedOptions, type Pretrained } from "./models/weights/load_pretrained.ts";
export { findWeights, type FindWeightsOptions } from "./models/weights/find_weights.ts";
export { loadWeights, type LoadWeightsOptions, type WeightsReport } from "./models/weights/load_weights.ts";
export type { NumberType } from "./models/weights/number_type.ts";
export type { WeightNaming } from "./models/weights/published_weights.ts";
export { readStateDict } from "./models/weights/read_state_dict.ts";
export { saveWeights, type SaveWeightsOptions } from "./models/weights/save_weights.ts";
export type { StateDict, StateTensor } from "./models/weights/state_dict.ts";
export { type PythonPackage, weightCatalogue, type WeightsEntry } from "./models/weights/weight_catalogue.ts";
export { replaceHead, type ReplaceHeadOptions } from "./models/replace_head.ts";
export { resnet, type ResNetDepth, type ResNetOptions } from "./models/resnet.ts";
export { stageRates, type StageRatesOptions } from "./models/stage_rates.ts";
export { vgg, type VggDepth, type VggOptions } from "./models/vgg.ts";
export { type StageTrunk, stageTrunks } from "./models/stage_trunks.ts";

// query
export { averageLinkage, type AverageLinkageOptions } from "./query/average_linkage.ts";
export { badge, type BadgeOptions, badgeSampling } from "./query/badge.ts";
export { bald, baldSampling } from "./query/bald.ts";
export { batchBald, type BatchBaldOptions, batchBaldSampling, type JointBatch } from "./query/batch_bald.ts";
export {
  calibrated,
  calibratedEntropy,
  calibratedLeastConfidence,
  calibratedMargin,
  type CalibrationOptions,
} from "./query/calibrated.ts";
export {
  checkStrategy,
  type CheckStrategyOptions,
  type StrategyCheck,
  type StrategyReport,
} from "./query/check_strategy.ts";
export { classBalancedSampling } from "./query/class_balanced.ts";
export {
  clusterMargin,
  type ClusterMarginInputs,
  type ClusterMarginOptions,
  clusterMarginSampling,
  type ClusterMarginStrategyOptions,
} from "./query/cluster_margin.ts";
export { consensusEntropy, consensusEntropySampling } from "./query/consensus_entropy.ts";
export {
  type Beliefs,
  contrastive,
  type ContrastiveInputs,
  type ContrastiveOptions,
  contrastiveSampling,
} from "./query/contrastive.ts";
export { type CoralOptions, coralSampling } from "./query/coral.ts";
export { cosineDiversitySampling } from "./query/cosine_diversity.ts";
export { type DiverseMiniBatchOptions, diverseMiniBatchSampling } from "./query/diverse_mini_batch.ts";
export { drawById } from "./query/draw_by_id.ts";
export { entropy, entropySampling } from "./query/entropy.ts";
export {
  type ExpectedErrorOptions,
  expectedErrorReduction,
  expectedErrorReductionSampling,
} from "./query/expected_error_reduction.ts";
export {
  expectedGradientLength,
  expectedGradientLengthSampling,
  type GradientLengthInputs,
  type GradientLengthOptions,
} from "./query/expected_gradient_length.ts";
export { expectedModelChange, expectedModelChangeSampling } from "./query/expected_model_change.ts";
export type { EffortOptions, ExpectationOptions } from "./query/expected_over_answers.ts";
export {
  facilityLocation,
  type FacilityLocationInputs,
  type FacilityLocationOptions,
  facilityLocationSampling,
} from "./query/facility_location.ts";
export { fixedThreshold, type FixedThresholdOptions } from "./query/fixed_threshold.ts";
export type { GradientFactors } from "./query/gradient_embedding.ts";
export { type Distance, greedyMaxMin, type GreedyMaxMinOptions } from "./query/greedy_max_min.ts";
export { inIdOrder } from "./query/in_id_order.ts";
export {
  type DensityOptions,
  informationDensity,
  type InformationDensityOptions,
  informationDensitySampling,
} from "./query/information_density.ts";
export { type KCenterGreedyOptions, kCenterGreedySampling } from "./query/k_center_greedy.ts";
export { type Clustering, kMeans, type KMeansOptions } from "./query/k_means.ts";
export { kMeansPlusPlus, type KMeansPlusPlusOptions } from "./query/k_means_plus_plus.ts";
export { type CentralRowsOptions, kMeansSampling, nearestToCentres } from "./query/k_means_sampling.ts";
export { type KMeansStratifiedOptions, kMeansStratifiedSampling } from "./query/k_means_stratified.ts";
export { jensenShannonDiversitySampling, type KLDiversityOptions, klDiversitySampling } from "./query/kl_diversity.ts";
export { leastConfidence, leastConfidenceSampling, type NormalisedOptions } from "./query/least_confidence.ts";
export type { TieOptions } from "./query/lots.ts";
export { margin, marginSampling } from "./query/margin.ts";
export { maximumDisagreement, maximumDisagreementSampling } from "./query/maximum_disagreement.ts";
export { meanDisagreement, meanDisagreementSampling } from "./query/mean_disagreement.ts";
export { meanStandardDeviation, meanStandardDeviationSampling } from "./query/mean_standard_deviation.ts";
export type { OpinionOptions } from "./query/opinions.ts";
export { type Play, type PlayOptions, type PlayStep, playStrategy } from "./query/play_strategy.ts";
export {
  type ModelSources,
  type Need,
  type PoolSource,
  type PoolSources,
  type PoolValues,
  type PoolView,
  poolView,
} from "./query/pool_view.ts";
export { predictiveEntropy, predictiveEntropySampling } from "./query/predictive_entropy.ts";
export {
  probCover,
  type ProbCoverOptions,
  probCoverSampling,
  type ProbCoverStrategyOptions,
  pureRadius,
  type PureRadiusOptions,
} from "./query/prob_cover.ts";
export { type ProbeData, probeRefitter, type Refitted, type Refitter } from "./query/probe_refitter.ts";
export { quantileThreshold, type QuantileThresholdOptions } from "./query/quantile_threshold.ts";
export {
  type Family,
  type Picks,
  type QueryStrategy,
  queryStrategy,
  type Selection,
  type StrategyDefinition,
} from "./query/query_strategy.ts";
export { randomSampling } from "./query/random_sampling.ts";
export { rankedBatch, type RankedBatchOptions, rankedBatchSampling } from "./query/ranked_batch.ts";
export { restrict, type RestrictOptions } from "./query/restrict.ts";
export { type ScoredDefinition, scoredStrategy } from "./query/scored_strategy.ts";
export { strategies, type StrategyName } from "./query/strategies.ts";
export { stratified, type StratifiedOptions } from "./query/stratified.ts";
export { type StreamRule, type StreamSampler, streamSampler } from "./query/stream_sampler.ts";
export { fitTemperature, temperatureScale } from "./query/temperature.ts";
export { topK, type TopKOptions } from "./query/top_k.ts";
export { type Region, type ToyPlane, toyPlane } from "./query/toy_plane.ts";
export { typiClust, type TypiClustInputs, type TypiClustOptions, typiClustSampling } from "./query/typi_clust.ts";
export { typicality, type TypicalityOptions } from "./query/typicality.ts";
export { type UncertainThenDiverseOptions, uncertainThenDiverseSampling } from "./query/uncertain_then_diverse.ts";
export { variableUncertainty, type VariableUncertaintyOptions } from "./query/variable_uncertainty.ts";
export { variationRatio, variationRatioSampling } from "./query/variation_ratio.ts";
export { voteEntropy, voteEntropySampling } from "./query/vote_entropy.ts";

// report: the statistics of learning curves
export { aulc } from "./report/statistics/aulc.ts";
export { type CompareOptions, compareStrategies, type Comparison } from "./report/statistics/compare_strategies.ts";
export { comparisonTable } from "./report/statistics/comparison_table.ts";
export { holm } from "./report/statistics/holm.ts";
export { leaderVerdict } from "./report/statistics/leader_verdict.ts";
export { type Bounds, type LabelsSaved, labelsSaved, labelsToReach } from "./report/statistics/labels_saved.ts";
export type { BudgetRange } from "./report/statistics/learning_run.ts";
export { differencePlot, labelsSavedPlot } from "./report/statistics/interval_plot.ts";
export { meanCurves } from "./report/statistics/mean_curves.ts";
export {
  type PairedDifference,
  pairedDifference,
  type PairedDifferenceOptions,
} from "./report/statistics/paired_difference.ts";
export { rankDiagram } from "./report/statistics/rank_diagram.ts";
export { type Ranking, rankStrategies } from "./report/statistics/rank_strategies.ts";
export { type SignFlipOptions, signFlipTest } from "./report/statistics/sign_flip_test.ts";
export { verdictOf, type WrittenMeasure } from "./report/statistics/verdict.ts";
export { winHeatMap } from "./report/statistics/win_heat_map.ts";
export { type WinMatrix, winMatrix } from "./report/statistics/win_matrix.ts";

// learning
export { type AbstainingOptions, abstainingOracle } from "./learning/abstaining_oracle.ts";
export {
  ActiveLearner,
  type ActiveLearnerOptions,
  type LearnerEstimator,
  type TeachOptions,
} from "./learning/active_learner.ts";
export { activeLearning } from "./learning/active_learning.ts";
export { Committee, type CommitteeOptions } from "./learning/committee.ts";
export { committeeRecipe, type CommitteeRecipeOptions } from "./learning/committee_recipe.ts";
export type {
  Estimator,
  EstimatorFitOptions,
  EstimatorRecipe,
  FitSummary,
  PassOptions,
  PredictionOptions,
  ShrinkAndPerturbOptions,
} from "./learning/estimator.ts";
export type { Examples, FeatureSet, UnlabelledExamples } from "./learning/examples.ts";
export {
  type ExperimentOptions,
  type ExperimentResult,
  type ExperimentResultCell,
  learningRuns,
  runExperiment,
} from "./learning/experiment.ts";
export { type ExperimentParts, experimentParts } from "./learning/experiment_data.ts";
export { loadFeatureSet, saveFeatureSet } from "./learning/experiment_features.ts";
export { type Experiment, type ExperimentDeclaration, experimentSchema } from "./learning/experiment_schema.ts";
export { heldOutScores } from "./learning/held_out_scores.ts";
export { JournalError, type JournalFault } from "./learning/journal_error.ts";
export { exportJournal, importJournal, readJournal } from "./learning/journal_export.ts";
export type { Instances } from "./learning/instances.ts";
export { type LabelQuality, normalisedMargin, selfConfidence } from "./learning/label_quality.ts";
export type {
  GrowingBatch,
  InitialChoice,
  LearningTask,
  LoopOptions,
  LoopSettings,
  TrainingChoice,
} from "./learning/loop_options.ts";
export { type LearningRun, learningRun, type LearningRunOptions, type MeasuredRun } from "./learning/learning_run.ts";
export { type NetworkFit, networkRecipe, type NetworkRecipeOptions } from "./learning/network_recipe.ts";
export { type AnnotatorNoise, type LabelNoise, noisyOracle } from "./learning/noisy_oracle.ts";
export type { Answer, AskOptions, Oracle } from "./learning/oracle.ts";
export { type OutOfSampleOptions, outOfSampleProbabilities } from "./learning/out_of_sample.ts";
export { Pool, type PoolOptions, type PoolState } from "./learning/pool.ts";
export { PoolError, type PoolFault } from "./learning/pool_error.ts";
export { predictionStability, type StabilityOptions } from "./learning/prediction_stability.ts";
export { probeRecipe } from "./learning/probe_recipe.ts";
export {
  classifierEntropy,
  classifierMargin,
  classifierUncertainty,
  committeeConsensusEntropy,
  committeeMaxDisagreement,
  committeeVoteEntropy,
  consensusEntropyQuery,
  entropyQuery,
  makeLinearCombination,
  makeProduct,
  makeQueryStrategy,
  marginQuery,
  maxDisagreementQuery,
  multiArgmax,
  multiArgmin,
  type ProbabilityModel,
  type Queried,
  type QueriedBy,
  type QueryFunction,
  type QueryFunctionOptions,
  uncertaintyBatchQuery,
  uncertaintyQuery,
  type UtilityMeasure,
  voteEntropyQuery,
  type VotingModel,
  weightedRandom,
} from "./learning/query_function.ts";
export { type Relabelling, type Standing, standingOf } from "./learning/relabelling.ts";
export {
  type HeldOutScores,
  numbersOf,
  type PhaseSeconds,
  type Question,
  type Round,
  type RoundTraining,
  type Stability,
  type TrainingStart,
} from "./learning/round.ts";
export { simulatedOracle, type SimulatedOracleOptions } from "./learning/simulated_oracle.ts";
export {
  classificationChange,
  confidenceDrop,
  deltaF,
  maxConfidence,
  overallUncertainty,
  performanceConvergence,
  plateau,
  type RoundProgress,
  selectedAccuracy,
  stabilisedPredictions,
  type StoppingRule,
  stoppingRules,
  targetAccuracy,
  uncertaintyConvergence,
} from "./learning/stopping_rules.ts";

// continual
export { aGem, type AGemOptions } from "./continual/a_gem.ts";
export { continualLearning } from "./continual/continual_learning.ts";
export {
  type AccuracyMatrix,
  avalancheForgetting,
  averageAccuracy,
  averageIncrementalAccuracy,
  backwardTransfer,
  chaudhryForgetting,
  type ContinualMetrics,
  continualMetrics,
  forwardTransfer,
} from "./continual/continual_metrics.ts";
export type { Batch, ContinualNetwork, LossGradients } from "./continual/continual_network.ts";
export type { ContinualOptions, ContinualTraining, LabelBudget } from "./continual/continual_options.ts";
export type {
  ContinualStep,
  ContinualStrategy,
  Lesson,
  Place,
  StrategyRun,
  StrategyState,
} from "./continual/continual_strategy.ts";
export { cumulative, type CumulativeOptions } from "./continual/cumulative.ts";
export { type DerOptions, derPlusPlus } from "./continual/der_plus_plus.ts";
export { ewc, type EwcOptions } from "./continual/ewc.ts";
export type { Exemplar } from "./continual/exemplar.ts";
export { type ExperienceRecord, matrixOf } from "./continual/experience_record.ts";
export type { FisherEstimate } from "./continual/fisher_information.ts";
export { gdumb, type GDumbOptions } from "./continual/gdumb.ts";
export { icarl, type IcarlOptions } from "./continual/icarl.ts";
export { joint } from "./continual/joint.ts";
export { loadStream, type LoadStreamOptions, type StreamName } from "./continual/load_stream.ts";
export { lwf, type LwfOptions } from "./continual/lwf.ts";
export { mlp, type MlpOptions } from "./continual/mlp.ts";
export { naive } from "./continual/naive.ts";
export { onlineStream, type OnlineStreamOptions } from "./continual/online_stream.ts";
export { permutedStream, type PermutedStreamOptions } from "./continual/permuted_stream.ts";
export { replay, type ReplayOptions } from "./continual/replay.ts";
export { rotatedStream, type RotatedStreamOptions } from "./continual/rotated_stream.ts";
export type { Snapshot } from "./continual/snapshot.ts";
export { splitStream, type SplitStreamOptions } from "./continual/split_stream.ts";
export type { ContinualStream, Experience, Scenario, StreamSource } from "./continual/stream.ts";
export { synapticIntelligence, type SynapticIntelligenceOptions } from "./continual/synaptic_intelligence.ts";

// report
export { accuracyMatrix, type AccuracyMatrixOptions } from "./report/accuracy_matrix.ts";
export { awardPoints, type AwardPointsOptions } from "./report/award_points.ts";
export { checkExercise, type ExerciseOptions, ExerciseRecord } from "./report/check_exercise.ts";
export { classBalance } from "./report/class_balance.ts";
export { classTable } from "./report/class_table.ts";
export { confusionMatrix, type ConfusionMatrixOptions, type CountedAnswers } from "./report/confusion_matrix.ts";
export { confusionTable } from "./report/confusion_table.ts";
export {
  type EmbeddingLayout,
  embeddingLayout,
  type EmbeddingLayoutOptions,
  embeddingMap,
  type MapPicks,
} from "./report/embedding_map.ts";
export { experienceConfusions, type ExperienceConfusionsOptions } from "./report/experience_confusions.ts";
export { experimentFrame, experimentProgress, experimentTable } from "./report/experiment_table.ts";
export type { Figure, FigureOptions } from "./report/figure.ts";
export { fontsAvailable } from "./report/fonts.ts";
export { forgettingCurves, type ForgettingCurvesOptions } from "./report/forgetting_curves.ts";
export { gallery, type GalleryOptions } from "./report/gallery.ts";
export { heatMap, type HeatMapData, type HeatMapOptions } from "./report/heat_map.ts";
export { historyTable } from "./report/history_table.ts";
export { type LearningCurve, learningCurves, type LearningCurvesOptions } from "./report/learning_curves.ts";
export { inTurn, type InTurnOptions } from "./report/in_turn.ts";
export { type LiveProgress, liveProgress, type LiveProgressOptions } from "./report/live_progress.ts";
export { colorOf, type SeriesStyle, seriesStyle } from "./report/palette.ts";
export { pickBalance, pickOverlap } from "./report/pick_figures.ts";
export { playground } from "./report/playground.ts";
export { principalComponents } from "./report/principal_components.ts";
export { queryGallery, type QueryGalleryOptions } from "./report/query_gallery.ts";
export { reliabilityDiagram } from "./report/reliability_diagram.ts";
export { reportsFolder } from "./report/reports_folder.ts";
export { saveFigure, type SaveFigureOptions } from "./report/save_figure.ts";
export { saveTable, type SaveTableOptions } from "./report/save_table.ts";
export {
  type Broadcast,
  notebookScreen,
  type Output,
  type Screen,
  textScreen,
  type TextScreenOptions,
} from "./report/screen.ts";
export { parallelCoordinates, searchHeatMap, searchTable } from "./report/search_figures.ts";
export { show, type Showable, showOn } from "./report/show.ts";
export { sideBySide } from "./report/side_by_side.ts";
export { NotebookSkipped, orSkip, skipNotebook } from "./report/skip_notebook.ts";
export type { Spread } from "./report/spread.ts";
export { type Table, table, type TableOptions } from "./report/table.ts";
export { type Confusion, topConfusions, type TopConfusionsOptions } from "./report/top_confusions.ts";
export { trainingCurves } from "./report/training_curves.ts";
export { type Mistake, worstMistakes, type WorstMistakesOptions } from "./report/worst_mistakes.ts";
export { Evidence, readEvidence } from "./report/evidence.ts";
export { type EvidenceOptions, type EvidenceRun, writeEvidence } from "./report/write_evidence.ts";
export { MetricsFile } from "./report/metrics_file.ts";
export { writeMetrics, type WriteMetricsOptions } from "./report/write_metrics.ts";

// labeling
export type { Access, Annotator } from "./labeling/access.ts";
export type { Annotation } from "./labeling/annotation.ts";
export { dawidSkene, type DawidSkeneOptions, type DawidSkeneResult } from "./labeling/dawid_skene.ts";
export { type GoldAccuracy, goldAccuracy } from "./labeling/gold_accuracy.ts";
export { type AskReason, type HumanOracle, humanOracle, type HumanOracleOptions } from "./labeling/human_oracle.ts";
export { matchReference, pathOfReference } from "./labeling/image_reference.ts";
export {
  cohenKappa,
  fleissKappa,
  fleissKappaOf,
  krippendorffAlpha,
  type PairAgreement,
  pairwiseKappas,
} from "./labeling/kappa.ts";
export type { EventDraft, LabelEvent, Receipt } from "./labeling/label_event.ts";
export {
  type Aggregation,
  finalLabels,
  importLabels,
  type ImportReport,
  type LabelFormat,
  labelFormats,
  labelsIn,
  readLabels,
  type ReadLabelsOptions,
  writeLabels,
  type WriteLabelsOptions,
} from "./labeling/label_files.ts";
export type { GuessRecord, LabelFile, LabelRecord } from "./labeling/label_record.ts";
export {
  type Belief,
  type LabelStore,
  type Lease,
  type NewItem,
  openLabelStore,
  type StoredItem,
} from "./labeling/label_store.ts";
export type { LabelStudioOptions } from "./labeling/label_studio_task.ts";
export { disagreements, majorityVote, type Vote } from "./labeling/majority_vote.ts";
export type { Project, ProjectOptions } from "./labeling/project.ts";
export { readLabelStudio } from "./labeling/read_label_studio.ts";
export { type LabelServer, type LabelServerOptions, startLabelServer } from "./labeling/start_label_server.ts";
export { labelStudioConfig, type LabelStudioExportOptions, writeLabelStudio } from "./labeling/write_label_studio.ts";

// tasks: what an autograder calls from a cell
export { awardExperiment, type AwardExperimentOptions } from "./tasks/handin/award_experiment.ts";
