;;; fimd-ghost.el --- Suggestions of fimd on the screen -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Draws suggestions by an overlay, asks for one after each change, and
;; inserts what is accepted.  What shows is shortened while it is typed, so
;; that it never flickers before the next answer.

;;; Code:

(require 'fimd-client)
(require 'seq)
(eval-when-compile (require 'subr-x))

(defface fimd-suggestion '((t :inherit shadow))
  "What fimd suggests."
  :group 'fimd)

(defvar fimd-suggestion-map (make-sparse-keymap)
  "Keymap that is active while a suggestion shows.")

(defvar-local fimd-ghost--visible nil
  "Whether a suggestion shows, which makes `fimd-suggestion-map' active.")
(add-to-list 'minor-mode-map-alist (cons 'fimd-ghost--visible fimd-suggestion-map))

(defvar-local fimd-ghost--overlay nil)
(defvar-local fimd-ghost--items nil "The candidates.")
(defvar-local fimd-ghost--index 0 "The one that shows.")
(defvar-local fimd-ghost--invoked nil "Whether these candidates are all there are.")
(defvar-local fimd-ghost--start nil "Where the suggestion starts, a marker.")
(defvar-local fimd-ghost--before nil "The line up to there.")
(defvar-local fimd-ghost--tail nil "The line after what the suggestion replaces.")
(defvar-local fimd-ghost--seen nil "Ids that the program knows to be on the screen.")
(defvar-local fimd-ghost--tick nil "The state of the text at the last request.")
(defvar-local fimd-ghost--turn 0 "Counts requests: only the last answer is shown.")
(defvar-local fimd-ghost--point nil "Where point was after the last command.")

(defun fimd-ghost--item ()
  "The candidate on the screen, or nil."
  (nth fimd-ghost--index fimd-ghost--items))

(defun fimd-ghost--rest ()
  "Return (TEXT . LENGTH): text still to come, length of the text in its way.
Nil when the user has gone another way."
  (when-let* ((item (fimd-ghost--item))
              (start (marker-position fimd-ghost--start))
              (whole (plist-get item :insertText))
              ((<= start (point)))
              (typed (buffer-substring-no-properties start (point)))
              (line-end (line-end-position))
              (tail-start (- line-end (length fimd-ghost--tail))))
    (and (string-prefix-p typed whole)
         (< (length typed) (length whole))
         (<= (point) tail-start)
         (equal (buffer-substring-no-properties tail-start line-end) fimd-ghost--tail)
         (equal (fimd-ghost--line-before start) fimd-ghost--before)
         (cons (substring whole (length typed)) (- tail-start (point))))))

(defun fimd-ghost--line-before (position)
  "The line of POSITION up to there."
  (save-excursion
    (goto-char position)
    (buffer-substring-no-properties (line-beginning-position) position)))

(defun fimd-ghost--clear ()
  "Take the suggestion off the screen."
  (setq fimd-ghost--visible nil)
  (when fimd-ghost--overlay
    (delete-overlay fimd-ghost--overlay)))

(defun fimd-ghost--draw (text replaced)
  "Show TEXT at point, over the REPLACED characters after it."
  (let ((shown (propertize text 'face 'fimd-suggestion)))
    ;; The cursor stays before the text; on a line end it would have no place.
    (when (eq (aref shown 0) ?\n)
      (setq shown (concat (propertize " " 'cursor 1) shown)))
    (put-text-property 0 1 'cursor 1 shown)
    (if fimd-ghost--overlay
        (move-overlay fimd-ghost--overlay (point) (+ (point) replaced) (current-buffer))
      (setq fimd-ghost--overlay (make-overlay (point) (+ (point) replaced))))
    (overlay-put fimd-ghost--overlay 'invisible (> replaced 0))
    (overlay-put fimd-ghost--overlay 'after-string shown)
    (setq fimd-ghost--visible t)))

(defun fimd-ghost--tell-shown ()
  "Let the program know what is on the screen."
  (let* ((item (fimd-ghost--item))
         (id (aref (plist-get (plist-get item :command) :arguments) 0)))
    (unless (member id fimd-ghost--seen)
      (push id fimd-ghost--seen)
      (fimd-client-notify :textDocument/didShowCompletion (list :item item)))))

(defun fimd-ghost--render ()
  "Draw what is left of the suggestion, if anything."
  (pcase (and (not completion-in-region-mode) (fimd-ghost--rest))
    (`(,text . ,replaced)
     (fimd-ghost--draw text replaced)
     (fimd-ghost--tell-shown))
    (_ (fimd-ghost--clear))))

(defun fimd-ghost-forget ()
  "Hide the suggestion for good."
  (fimd-ghost--clear)
  (cl-incf fimd-ghost--turn)
  (setq fimd-ghost--items nil))

(defun fimd-ghost--receive (items skip invoked)
  "Show one of ITEMS, the one after SKIP others; INVOKED if these are all."
  (if (null items)
      (fimd-ghost-forget)
    (setq fimd-ghost--items items
          fimd-ghost--index (mod skip (length items))
          fimd-ghost--invoked invoked
          fimd-ghost--seen nil)
    (let* ((range (plist-get (fimd-ghost--item) :range))
           (line-start (save-excursion
                         (forward-line (- (plist-get (plist-get range :start) :line)
                                          (1- (line-number-at-pos nil t))))
                         (point)))
           (start (+ line-start (plist-get (plist-get range :start) :character)))
           (end (+ line-start (plist-get (plist-get range :end) :character))))
      (setq fimd-ghost--start (copy-marker (min start (point-max)))
            fimd-ghost--before (fimd-ghost--line-before fimd-ghost--start)
            fimd-ghost--tail (save-excursion
                               (goto-char (min end (point-max)))
                               (buffer-substring-no-properties (point) (line-end-position)))))
    (fimd-ghost--render)))

(defun fimd-ghost--ask (kind &optional skip)
  "Ask for suggestions, KIND 1 for all and 2 for one; show the one after SKIP."
  (when (fimd-client-running-p)
    (fimd-client-flush)
    (fimd-ghost--send kind (or skip 0))))

(defun fimd-ghost--send (kind skip)
  "Send the request of KIND and show the candidate after SKIP."
  (let ((buffer (current-buffer))
        (turn (cl-incf fimd-ghost--turn)))
    (fimd-client-request
     :textDocument/inlineCompletion
     (list :textDocument (fimd-client-document)
           :position (fimd-client-position (point))
           :context (list :triggerKind kind))
     (lambda (result)
       ;; No result at all means that a newer request is on its way: what shows may stay.
       (when (and result (buffer-live-p buffer))
         (with-current-buffer buffer
           (when (and (eql turn fimd-ghost--turn)
                      (eq buffer (window-buffer (selected-window))))
             (fimd-ghost--receive (append (plist-get result :items) nil)
                                  skip (eql kind 1)))))))))

(defun fimd-ghost-after-command ()
  "Follow what the user did: ask after a change, hide after a movement."
  (let ((tick (buffer-chars-modified-tick)))
    (cond
     ((memq this-command '(undo undo-only undo-redo))
      (setq fimd-ghost--tick tick)
      (fimd-ghost-forget))
     ((not (eql tick fimd-ghost--tick))
      (setq fimd-ghost--tick tick)
      (fimd-ghost--render)
      (fimd-ghost--ask 2))
     ((not (eql (point) fimd-ghost--point))
      (fimd-ghost-forget)))
    (setq fimd-ghost--point (point))))

(defun fimd-ghost--ready ()
  "Ask for the selected buffer, now that somebody answers."
  (with-current-buffer (window-buffer (selected-window))
    (when (bound-and-true-p fimd-mode)
      (fimd-ghost--ask 2))))

(add-hook 'fimd-client-ready-functions #'fimd-ghost--ready)

(defun fimd-ghost--part (text unit)
  "The head of TEXT that is its first UNIT: all, line or word."
  (let ((pattern (pcase unit
                   ('word "\\`[[:space:]\n]*\\(?:[[:alnum:]_]+\\|[^[:alnum:]_[:space:]\n]+\\)")
                   ('line "\\`\n*[^\n]+"))))
    (if (and pattern (string-match pattern text))
        (match-string 0 text)
      text)))

(defun fimd-ghost--utf16-length (text)
  "The length of TEXT in UTF-16 units, in which LSP's additions count."
  (+ (length text) (seq-count (lambda (character) (> character #xffff)) text)))

(defun fimd-ghost-accept (unit)
  "Insert UNIT of the suggestion and say so to the program."
  (pcase (fimd-ghost--rest)
    (`(,rest . ,replaced)
     (let* ((item (fimd-ghost--item))
            (whole (plist-get item :insertText))
            (part (fimd-ghost--part rest unit))
            (complete (equal part rest)))
       (fimd-ghost--clear)
       (when complete
         (delete-region (point) (+ (point) replaced)))
       (insert part)
       (fimd-client-flush)
       (if complete
           (let ((command (plist-get item :command)))
             (fimd-client-execute (plist-get command :command)
                                  (plist-get command :arguments)))
         (fimd-client-notify
          :textDocument/didPartiallyAcceptCompletion
          (list :item item
                :acceptedLength (fimd-ghost--utf16-length
                                 (substring whole 0 (+ (- (length whole) (length rest))
                                                       (length part)))))))))
    (_ (message "fimd: nothing to accept"))))

(defun fimd-ghost-cycle (count)
  "Show the candidate COUNT further on, having asked for all of them once."
  (if (and fimd-ghost--invoked fimd-ghost--items)
      (progn
        (setq fimd-ghost--index
              (mod (+ fimd-ghost--index count) (length fimd-ghost--items)))
        (fimd-ghost--render))
    (fimd-ghost--ask 1 count)))

(defun fimd-ghost-trigger ()
  "Ask now, for all candidates."
  (fimd-client-start)
  (fimd-ghost--ask 1))

(defun fimd-ghost-dismiss ()
  "Hide the suggestion and tell the program that it was not wanted."
  (when (fimd-ghost--rest)
    (let ((command (plist-get (fimd-ghost--item) :command)))
      (fimd-ghost-forget)
      (fimd-client-execute "fimd.dismiss" (plist-get command :arguments)))))

(provide 'fimd-ghost)
;;; fimd-ghost.el ends here
